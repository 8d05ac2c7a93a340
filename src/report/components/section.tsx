/** Parts that every section uses. */
import { type ComponentChildren, Fragment } from "preact";
import { age, instantText, number } from "../words.js";

/** A titled part of the page. */
export function Section(props: {
  readonly id: string;
  readonly title: string;
  readonly lead?: string;
  readonly children: ComponentChildren;
}) {
  return (
    <section aria-labelledby={props.id}>
      <h2 id={props.id}>{props.title}</h2>
      {props.lead === undefined ? null : <p class="lead">{props.lead}</p>}
      {props.children}
    </section>
  );
}

/** A table that scrolls by itself where the screen is too narrow; reachable by keyboard. */
export function Scroll({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="scroll" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

/** A name that may break after an underscore or a dot, and nowhere else unless it must. */
export function Name({ text }: { readonly text: string }) {
  const parts = text.split(/(?<=[_./])/);
  return (
    <code>
      {parts.map((part, index) => (
        <Fragment key={index}>
          {index === 0 ? null : <wbr />}
          {part}
        </Fragment>
      ))}
    </code>
  );
}

export function Count({ value }: { readonly value: number | null }) {
  if (value === null) return <td class="num faint">–</td>;
  return <td class={value === 0 ? "num faint" : "num"}>{number(value)}</td>;
}

/** An instant with its age beside it; a dash where there is none. */
export function When({ at, now }: { readonly at: string | null; readonly now: string }) {
  if (at === null) return <span class="faint">–</span>;
  const ago = age(at, now);
  return (
    <span class="when">
      <time dateTime={at}>{instantText(at)}</time>
      {ago === "" ? null : <span class="faint"> {ago}</span>}
    </span>
  );
}
