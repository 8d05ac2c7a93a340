/** Values on their way in and out of the engine: plain JavaScript on our side, nothing lost on the way. */
import type { DuckDBType, DuckDBValue, DuckDBValueConverter } from "@duckdb/node-api";
import type { Value } from "../contract.js";

type Api = typeof import("@duckdb/node-api");

const safe = (value: bigint): Value =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

/** `2024-01-02 03:04:05.120` as `2024-01-02T03:04:05.12`; what has a zone is in UTC and ends in Z. */
function isoInstant(text: string, zoned: boolean): string {
  const match = /^(\S+) (\d\d:\d\d:\d\d)(\.\d+)?/.exec(text);
  if (match === null) return text;
  const fraction = (match[3] ?? "").replace(/\.?0+$/, "");
  return `${match[1]}T${match[2]}${fraction}${zoned ? "Z" : ""}`;
}

/** Instants of whatever precision count from the epoch in UTC; the text of a TIMESTAMP has no zone of the process in it. */
export function toValue(api: Api): DuckDBValueConverter<Value> {
  const { DuckDBTypeId: id } = api;
  return (value: DuckDBValue, type: DuckDBType): Value => {
    if (value === null || value === undefined) return null;
    switch (type.typeId) {
      case id.TIMESTAMP:
      case id.TIMESTAMP_S:
      case id.TIMESTAMP_MS:
      case id.TIMESTAMP_NS:
        return isoInstant(String(value), false);
      case id.TIMESTAMP_TZ:
        return value instanceof api.DuckDBTimestampTZValue
          ? isoInstant(new api.DuckDBTimestampValue(value.micros).toString(), true)
          : isoInstant(String(value), true);
      case id.DECIMAL: {
        const text = String(value);
        return text.replace(/\D/g, "").length <= 15 ? Number(text) : text;
      }
      case id.BLOB:
        return value instanceof api.DuckDBBlobValue ? Buffer.from(value.bytes).toString("hex") : String(value);
      case id.LIST:
      case id.ARRAY:
      case id.STRUCT:
      case id.MAP:
      case id.UNION:
      case id.VARIANT:
        return JSON.stringify(api.JsonDuckDBValueConverter(value, type, api.JsonDuckDBValueConverter));
      default:
        switch (typeof value) {
          case "string":
          case "boolean":
          case "number":
            return value;
          case "bigint":
            return safe(value);
          default:
            return String(value);
        }
    }
  };
}

/** Binds with types of our choice: an integral number is a BIGINT, not a DOUBLE. */
export function bindsFor(
  api: Api,
  values: readonly Value[],
): { readonly values: DuckDBValue[]; readonly types: DuckDBType[] } {
  const int64 = 2n ** 63n;
  const types = values.map((value): DuckDBType => {
    if (value === null) return api.SQLNULL;
    if (typeof value === "string") return api.VARCHAR;
    if (typeof value === "boolean") return api.BOOLEAN;
    if (typeof value === "bigint") return value >= -int64 && value < int64 ? api.BIGINT : api.HUGEINT;
    return Number.isSafeInteger(value) ? api.BIGINT : api.DOUBLE;
  });
  return {
    values: values.map((value, index) =>
      typeof value === "number" && types[index] === api.BIGINT ? BigInt(value) : value,
    ),
    types,
  };
}
