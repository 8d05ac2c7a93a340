/** Opens the embedded warehouse: the parts of the contract over one instance. */
import type { Warehouse } from "../contract.js";
import { duckDbCatalog } from "./catalog.js";
import { createComments } from "./comments.js";
import { bytesToRemake, diskUnder } from "./disk.js";
import { acquire, type OpenOptions } from "./instance.js";
import { jsonText } from "./json.js";
import { duckDbLander } from "./lander.js";
import { duckDbPublisher } from "./publisher.js";
import { DuckDbSession } from "./session.js";
import { duckDbSnapshots } from "./snapshot.js";

/**
 * Opens a DuckDB file as a warehouse, made where it is missing. Who opens the same file again in this process shares it;
 * another process is refused (code `locked`, exit 3) with word of who holds it.
 */
export async function openDuckDb(options: OpenOptions): Promise<Warehouse> {
  const instance = await acquire(options);
  const sessions = new Set<DuckDbSession>();
  const connect = async () => {
    const session = new DuckDbSession(
      instance.api,
      await instance.connect(),
      (closed) => sessions.delete(closed),
      options.beforeStatement,
    );
    sessions.add(session);
    return session;
  };
  const close = async () => {
    await Promise.all([...sessions].map((session) => session[Symbol.asyncDispose]()));
    await instance.release();
  };
  try {
    const own = await connect();
    const disk = diskUnder(instance.path, options);
    const comments = createComments();
    const catalog = duckDbCatalog(instance, own, options.database !== undefined, comments);
    const publisher = duckDbPublisher({
      database: instance.database,
      connect,
      databases: () => catalog.databases(),
      mergeBy: options.mergeBy,
      disk,
      comments,
    });
    return {
      engine: "duckdb",
      engineVersion: instance.api.version(),
      database: instance.database,
      session: connect,
      jsonText,
      catalog,
      publisher,
      lander: duckDbLander({
        publisher,
        database: instance.database,
        ensureSchemas: (schemas) => catalog.ensureSchemas(schemas),
      }),
      pending: undefined,
      notices: [],
      lease: {
        holder: instance.holder,
        previous: instance.previous,
        held: undefined,
        begin: "begin transaction",
        hold: (runId) => instance.hold(runId),
      },
      snapshots: duckDbSnapshots({
        instance,
        connect,
        databases: () => catalog.databases(),
        markers: () => publisher.markers(),
      }),
      async ensureRoom(remade) {
        if (remade.length === 0 || instance.path === ":memory:") return;
        const bytes = await bytesToRemake(own, remade, instance.database);
        await disk.ensure(bytes, `making ${remade.length === 1 ? "a relation" : `${remade.length} relations`} anew`);
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
