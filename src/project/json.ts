/** JSON whose values know where they stand in the text. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Position, ProblemError } from "../graph/index.js";

export type JsonPath = readonly PropertyKey[];

export interface JsonFile {
  readonly value: unknown;
  /** Where the value at a path stands; where there is none, its nearest parent. With `key`, the property's name. */
  at(path: JsonPath, part?: "value" | "key"): Position;
  /** Keys that an object has already, of which JSON keeps the last; `at` is where such a key stands. */
  readonly repeated: readonly { readonly path: JsonPath; readonly at: Position }[];
}

/**
 * Reads a JSON file of a project. `undefined` where there is no such file.
 *
 * @throws ProblemError `json-syntax` at the place where the text stops being JSON.
 */
export function readJson(projectDir: string, file: string): JsonFile | undefined {
  let text: string;
  try {
    text = readFileSync(join(projectDir, file), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new ProblemError({
      code: "project-unreadable",
      message: `${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      at: { file },
    });
  }
  return parseJson(text, file);
}

/** As `readJson`, from a text. */
export function parseJson(source: string, file: string): JsonFile {
  const text = source.startsWith("\uFEFF") ? ` ${source.slice(1)}` : source;
  const places = new Map<string, { readonly value: number; readonly key?: number }>();
  const position = (offset: number): Position => {
    const before = text.slice(0, offset);
    return { file, line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
  };
  const parser = new Parser(text, places, (offset, message) => {
    throw new ProblemError({ code: "json-syntax", message: `${file}: ${message}.`, at: position(offset) });
  });
  const value = parser.document();
  return {
    value,
    repeated: parser.repeated.map(({ path, offset }) => ({ path, at: position(offset) })),
    at(path, part = "value") {
      for (let length = path.length; length >= 0; length -= 1) {
        const place = places.get(keyOf(path.slice(0, length)));
        if (place) return position(part === "key" && length === path.length ? (place.key ?? place.value) : place.value);
      }
      return position(0);
    },
  };
}

const keyOf = (path: JsonPath) => JSON.stringify(path.map(String));

const tokens = /[ \t\r\n]*(?:("(?:[^"\\\n]|\\.)*")|(-?\d[\d.eE+-]*|true|false|null)|([{}[\],:]))/y;

/** A recursive descent that notes offsets; the built-in parser still reads each literal, so both agree on what is JSON. */
class Parser {
  private offset = 0;
  readonly repeated: { readonly path: JsonPath; readonly offset: number }[] = [];

  constructor(
    private readonly text: string,
    private readonly places: Map<string, { value: number; key?: number }>,
    private readonly fail: (offset: number, message: string) => never,
  ) {}

  document(): unknown {
    const value = this.value([], undefined);
    this.skip();
    if (this.offset < this.text.length) this.fail(this.offset, "there is more text after the end of the JSON value");
    return value;
  }

  private value(path: JsonPath, key: number | undefined): unknown {
    const start = this.skip();
    this.places.set(keyOf(path), { value: start, ...(key === undefined ? {} : { key }) });
    const token = this.next("a value is expected here");
    if (token === "{") return this.object(path);
    if (token === "[") return this.array(path);
    if ("}],:".includes(token)) return this.fail(start, `a value is expected here, not ${token}`);
    return this.literal(token, start);
  }

  private object(path: JsonPath): unknown {
    const entries: [string, unknown][] = [];
    if (this.peek() === "}") this.next("");
    else {
      for (;;) {
        const keyAt = this.skip();
        const token = this.next("a property name is expected here");
        if (!token.startsWith('"')) this.fail(keyAt, `a property name in double quotes is expected here, not ${token}`);
        const name = String(this.literal(token, keyAt));
        if (entries.some(([other]) => other === name)) this.repeated.push({ path: [...path, name], offset: keyAt });
        this.expect(":", "a colon is expected after a property name");
        entries.push([name, this.value([...path, name], keyAt)]);
        if (this.expect(",}", "a comma or } is expected here") === "}") break;
      }
    }
    return Object.fromEntries(entries);
  }

  private array(path: JsonPath): unknown {
    const items: unknown[] = [];
    if (this.peek() === "]") this.next("");
    else {
      do items.push(this.value([...path, items.length], undefined));
      while (this.expect(",]", "a comma or ] is expected here") === ",");
    }
    return items;
  }

  private literal(token: string, start: number): unknown {
    try {
      return JSON.parse(token);
    } catch {
      // The token may be a text that holds a secret, and its line is quoted without it.
      const what = token.startsWith('"')
        ? "this text has an escape or a character that JSON does not allow"
        : `${token.slice(0, 40)} is no JSON value`;
      return this.fail(start, what);
    }
  }

  private expect(allowed: string, message: string): string {
    const start = this.skip();
    const token = this.next(message);
    return allowed.includes(token) ? token : this.fail(start, message);
  }

  private peek(): string {
    const from = this.skip();
    return this.text.charAt(from);
  }

  private skip(): number {
    while (" \t\r\n".includes(this.text.charAt(this.offset) || "x")) this.offset += 1;
    return this.offset;
  }

  private next(message: string): string {
    tokens.lastIndex = this.offset;
    const match = tokens.exec(this.text);
    if (!match) return this.fail(this.skip(), this.offset >= this.text.length ? "the text ends too early" : message);
    this.offset = tokens.lastIndex;
    return match[1] ?? match[2] ?? match[3] ?? "";
  }
}
