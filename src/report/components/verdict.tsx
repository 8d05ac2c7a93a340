/** The top of the page: the verdict in words, the figures, the facts of the run. */
import type { Figure, ReportModel } from "../types.js";
import { instantText, number } from "../words.js";

export function Masthead({ model }: { readonly model: ReportModel }) {
  const { verdict } = model;
  return (
    <header class={`verdict ${verdict.tone}`}>
      <p class="kicker">Verdict</p>
      <h1 id="verdict">{verdict.headline}</h1>
      <p class="sentences">{verdict.sentences.join(" ")}</p>
      <dl class="figures">
        {model.figures.map((figure) => (
          <FigureItem key={figure.label} figure={figure} />
        ))}
      </dl>
      <dl class="facts">
        {model.facts.map(({ label, value, instant }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{instant === true ? <time dateTime={value}>{instantText(value)}</time> : value}</dd>
          </div>
        ))}
      </dl>
    </header>
  );
}

function FigureItem({ figure }: { readonly figure: Figure }) {
  return (
    <div class={figure.tone}>
      <dt>{figure.label}</dt>
      <dd>{figure.value === null ? "–" : number(figure.value)}</dd>
    </div>
  );
}
