/** Landing tables: what was delivered, in which batch, when. */
import type { SourceRow } from "../types.js";
import { Count, Name, Scroll, Section, When } from "./section.js";

export function SourcesSection({ sources, now }: { readonly sources: readonly SourceRow[]; readonly now: string }) {
  return (
    <Section
      id="sources"
      title="Sources"
      lead="Landing tables as delivered, with the last batch that landed rows in each."
    >
      {sources.length === 0 ? (
        <p>The project declares no sources.</p>
      ) : (
        <Scroll label="Sources">
          <table class="sources">
            <thead>
              <tr>
                <th scope="col">Table</th>
                <th scope="col" class="num">
                  Rows
                </th>
                <th scope="col">Last batch</th>
                <th scope="col">Loaded</th>
              </tr>
            </thead>
            <tbody>
              {sources.map((source) => (
                <tr key={source.name}>
                  <th scope="row">
                    <Name text={source.name} />
                    {source.description === undefined ? null : <span class="note">{source.description}</span>}
                  </th>
                  <Count value={source.rows} />
                  <td>
                    {source.batchId === null ? (
                      <span class="faint">nothing loaded</span>
                    ) : (
                      <Name text={source.batchId} />
                    )}
                  </td>
                  <td>
                    <When at={source.loadedAt} now={now} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Section>
  );
}
