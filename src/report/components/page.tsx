/** The whole page: masthead with the verdict, contents, sections. Self-contained: no script, no request. */
import { css } from "../style.js";
import type { ReportModel } from "../types.js";
import { instantText } from "../words.js";
import { RowsSection } from "./rows.js";
import { RulesSection } from "./rules.js";
import { SourcesSection } from "./sources.js";
import { TablesSection } from "./tables.js";
import { Masthead } from "./verdict.js";

export function Page({ model }: { readonly model: ReportModel }) {
  const contents: readonly (readonly [string, string])[] = [
    ["verdict", "Verdict"],
    ["rules", "Rules"],
    ...(model.rows === null ? [] : [["rows", "Rows"] as const]),
    ["tables", "Tables"],
    ["sources", "Sources"],
  ];
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <title>{`${model.project}: ${model.verdict.headline}`}</title>
        <link rel="icon" href="data:," />
        {/* The style sheet is a constant of this program; nothing of the model is in it. */}
        <style dangerouslySetInnerHTML={{ __html: css }} />
      </head>
      <body>
        <a class="skip" href="#verdict">
          Skip to the verdict
        </a>
        <div class="sheet">
          <nav aria-label="Contents">
            <p class="project">{model.project}</p>
            <ol>
              {contents.map(([id, title]) => (
                <li key={id}>
                  <a href={`#${id}`}>{title}</a>
                </li>
              ))}
            </ol>
          </nav>
          <main>
            <Masthead model={model} />
            <RulesSection groups={model.rules} />
            {model.rows === null ? null : <RowsSection rows={model.rows} />}
            <TablesSection layers={model.layers} now={model.generatedAt} />
            <SourcesSection sources={model.sources} now={model.generatedAt} />
            <footer>
              <p>
                Written by medform on <time dateTime={model.generatedAt}>{instantText(model.generatedAt)}</time> from
                the warehouse's ledger and the compiled project. It holds names and counts, and no value of any row.
              </p>
            </footer>
          </main>
        </div>
      </body>
    </html>
  );
}
