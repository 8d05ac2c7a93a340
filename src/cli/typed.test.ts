import { describe, expect, it } from "vitest";
import { typedHere } from "./typed.js";

describe("an advised command", () => {
  const here = { cwd: "/srv/hospital", env: {} };
  const plain = { project: "/srv/hospital", environment: undefined, vars: {} };

  it("is itself where nothing has to be said", () => {
    expect(typedHere(here, plain)("medform run")).toBe("medform run");
  });

  it("goes through npx where npm started this one", () => {
    expect(typedHere({ ...here, env: { npm_command: "start" } }, plain)("medform run")).toBe("npx medform run");
  });

  it("names project, environment and variables again, quoted for a shell", () => {
    const typed = typedHere(here, { project: "/srv/it's ü", environment: "test", vars: { site: "north 1", n: "5" } });
    expect(typed("medform run")).toBe(
      `medform run --project '../it'\\''s ü' --environment test --vars 'site=north 1' --vars n=5`,
    );
    expect(typed("medform run --resume")).toBe("medform run --resume --project '../it'\\''s ü' --environment test");
    expect(typedHere(here, { ...plain, project: "/else" })("medform run")).toBe("medform run --project /else");
  });
});
