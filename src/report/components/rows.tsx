/** What became of the source rows: by route, and the quarantined ones by rule. */
import type { Rows } from "../types.js";
import { Count, Name, Scroll, Section } from "./section.js";

export function RowsSection({ rows }: { readonly rows: Rows }) {
  return (
    <Section
      id="rows"
      title="Rows"
      lead="Every source row has one disposition on each route that it takes from a staged table to an entity; none is lost."
    >
      <Scroll label="Rows by route and disposition">
        <table class="routes">
          <thead>
            <tr>
              <th scope="col">Route</th>
              {rows.dispositions.map((name) => (
                <th scope="col" class="num" key={name}>
                  {name}
                </th>
              ))}
              <th scope="col" class="share">
                Share current
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.routes.map(({ route, counts }) => (
              <tr key={route}>
                <th scope="row">
                  <Name text={route} />
                </th>
                {counts.map((value, index) => (
                  <Count key={rows.dispositions[index]} value={value} />
                ))}
                <Share counts={counts} />
              </tr>
            ))}
          </tbody>
          {rows.routes.length < 2 ? null : (
            <tfoot>
              <tr>
                <th scope="row">All routes</th>
                {rows.totals.map((value, index) => (
                  <Count key={rows.dispositions[index]} value={value} />
                ))}
                <Share counts={rows.totals} />
              </tr>
            </tfoot>
          )}
        </table>
      </Scroll>
      <Quarantined rows={rows} />
    </Section>
  );
}

/** A bar and its number; the bar says nothing that the number does not. */
function Share({ counts }: { readonly counts: readonly number[] }) {
  const all = counts.reduce((sum, value) => sum + value, 0);
  const share = all === 0 ? 0 : (counts[0] ?? 0) / all;
  // Anything short of everything must not read 100 %.
  const text = share === 1 ? "100 %" : `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
  return (
    <td class="share">
      <span class="bar" aria-hidden="true">
        <span style={{ width: `${(share * 100).toFixed(2)}%` }} />
      </span>
      <span class="num">{all === 0 ? "–" : text}</span>
    </td>
  );
}

function Quarantined({ rows }: { readonly rows: Rows }) {
  if (rows.quarantined.length === 0) return <p>No row is in quarantine.</p>;
  return (
    <>
      <h3>In quarantine, by rule</h3>
      <Scroll label="Quarantined rows by rule">
        <table class="quarantine">
          <thead>
            <tr>
              <th scope="col">Rule</th>
              <th scope="col">Route</th>
              <th scope="col" class="num">
                Rows
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.quarantined.map(({ route, rule, count }) => (
              <tr key={`${route}/${rule}`}>
                <th scope="row">
                  <Name text={rule} />
                </th>
                <td>
                  <Name text={route} />
                </td>
                <Count value={count} />
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
