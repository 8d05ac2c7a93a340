/** Rules and their results, a table for each gate; what did not pass stands first. */
import type { RuleGroup, RuleRow } from "../types.js";
import { number, plural, toleranceText } from "../words.js";
import { Count, Name, Scroll, Section } from "./section.js";

export function RulesSection({ groups }: { readonly groups: readonly RuleGroup[] }) {
  if (groups.length === 0) {
    return (
      <Section id="rules" title="Rules">
        <p>The project declares no rules.</p>
      </Section>
    );
  }
  const clear = groups.filter(({ rules }) => rules.every(({ outcome }) => outcome === "pass"));
  const open = groups.filter((group) => !clear.includes(group));
  return (
    <Section
      id="rules"
      title="Rules"
      lead="A rule of severity error that fails keeps its table from being published. A warning is recorded and never blocks."
    >
      {open.map((group) => (
        <OpenGroup key={group.table} group={group} />
      ))}
      {clear.length === 0 ? null : (
        <>
          <h3>{open.length === 0 ? "Every rule passed" : "All rules passed"}</h3>
          {clear.map((group) => (
            <PassedRules key={group.table} rules={group.rules} of={group.table} named />
          ))}
        </>
      )}
    </Section>
  );
}

function OpenGroup({ group }: { readonly group: RuleGroup }) {
  const open = group.rules.filter(({ outcome }) => outcome !== "pass");
  const passed = group.rules.filter(({ outcome }) => outcome === "pass");
  return (
    <article class="gate">
      <h3>
        {group.table}
        <span class="tally">{`${number(passed.length)} of ${number(group.rules.length)} passed`}</span>
      </h3>
      <RuleTable label={`Rules of ${group.table} that did not pass`} rules={open} />
      {passed.length === 0 ? null : <PassedRules rules={passed} of={group.table} />}
    </article>
  );
}

function PassedRules(props: { readonly of: string; readonly rules: readonly RuleRow[]; readonly named?: boolean }) {
  return (
    <details class="passed">
      <summary>
        {props.named === true ? <span class="name">{props.of}</span> : null}
        <span class="mark pass">{plural(props.rules.length, "rule")} passed</span>
      </summary>
      <RuleTable label={`Rules of ${props.of} that passed`} rules={props.rules} />
    </details>
  );
}

const WORDS: Readonly<Record<RuleRow["outcome"], string>> = {
  pass: "passed",
  warn: "warning",
  fail: "failed",
  error: "error",
  skipped: "skipped",
  unevaluated: "not evaluated",
};

function RuleTable({ label, rules }: { readonly label: string; readonly rules: readonly RuleRow[] }) {
  return (
    <Scroll label={label}>
      <table class="rules">
        <thead>
          <tr>
            <th scope="col" class="outcome">
              Outcome
            </th>
            <th scope="col">Rule</th>
            <th scope="col">Severity</th>
            <th scope="col" class="num">
              Failing rows
            </th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <tr key={`${rule.assertion}/${rule.rule}`}>
              <td class="outcome">
                <span class={`mark ${rule.outcome}`}>{WORDS[rule.outcome]}</span>
              </td>
              <th scope="row">
                <Name text={rule.rule} />
                {rule.description === undefined ? null : <span class="note">{rule.description}</span>}
                {rule.threshold === undefined ? null : (
                  <span class="note">
                    bears {toleranceText(rule.threshold)}
                    {rule.of === undefined ? "" : `, when last evaluated of ${number(rule.of)}`}
                  </span>
                )}
              </th>
              <td>{rule.severity}</td>
              <Count value={rule.failing} />
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
