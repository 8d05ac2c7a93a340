/** Tables by layer: what they are, how many rows, how fresh; their columns on demand. */
import type { Layer, TableRow } from "../types.js";
import { number, plural } from "../words.js";
import { Name, Scroll, Section, When } from "./section.js";

export function TablesSection({ layers, now }: { readonly layers: readonly Layer[]; readonly now: string }) {
  return (
    <Section id="tables" title="Tables">
      {layers.length === 0 ? <p>The project has no tables.</p> : null}
      {layers.map((layer) => (
        <section class="layer" key={layer.schema} aria-labelledby={`layer-${layer.schema}`}>
          <h3 id={`layer-${layer.schema}`}>
            {layer.schema}
            <span class="tally">{plural(layer.tables.length, "relation")}</span>
          </h3>
          {layer.tables.map((table) => (
            <TableItem key={table.name} table={table} now={now} />
          ))}
        </section>
      ))}
    </Section>
  );
}

function TableItem({ table, now }: { readonly table: TableRow; readonly now: string }) {
  return (
    <details class="relation" id={table.id}>
      <summary>
        <span class="name">{table.name.slice(table.name.indexOf(".") + 1)}</span>
        <span class="kind">{table.kind}</span>
        <span class="num rowcount">{rowsText(table)}</span>
        <span class="fresh">
          {table.publishedAt === null ? (
            <span class="faint">{table.disabled ? "disabled" : "never published"}</span>
          ) : (
            <When at={table.publishedAt} now={now} />
          )}
          {table.failing ? <span class="mark fail">failing</span> : null}
        </span>
        {table.description === undefined ? null : <span class="about">{table.description}</span>}
      </summary>
      <div class="body">
        <p class="faint">
          Defined in <Name text={table.file} />
        </p>
        {table.columns.length === 0 ? <p>Its columns are not described.</p> : <Columns table={table} />}
      </div>
    </details>
  );
}

function rowsText(table: TableRow): string {
  if (table.rows !== null) return plural(table.rows, "row");
  return table.publishedAt === null ? "" : "–";
}

function Columns({ table }: { readonly table: TableRow }) {
  return (
    <Scroll label={`Columns of ${table.name}`}>
      <table class="columns">
        <caption>{number(table.columns.length)} columns</caption>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Description</th>
            <th scope="col">Tags</th>
          </tr>
        </thead>
        <tbody>
          {table.columns.map((column) => (
            <tr key={column.name}>
              <th scope="row">
                <Name text={column.name} />
              </th>
              <td>{column.description ?? <span class="faint">–</span>}</td>
              <td>
                {column.tags.map((tag) => (
                  <span class="tag" key={tag}>
                    {tag}
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
