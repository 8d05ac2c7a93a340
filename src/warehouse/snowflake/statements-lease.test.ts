import { describe, expect, it } from "vitest";
import * as sql from "./statements-lease.js";

describe("statements of the lease", () => {
  it("are these", () => {
    const all = [
      sql.createLease,
      sql.readLease,
      sql.takeLease,
      sql.holdLease,
      sql.beatLease,
      sql.freeLease,
      sql.isHeld,
    ];
    expect(all.map((statement) => statement("EHR")).join("\n\n")).toMatchInlineSnapshot(`
      "create table if not exists "EHR".MEDFORM.LEASE (NAME varchar not null, TOKEN number(38, 0) not null, OWNER varchar not null, RUN_ID varchar not null, PID number(38, 0) not null, HOST varchar not null, COMMAND varchar not null, SINCE varchar not null, HEARTBEAT timestamp_ntz(9) not null)

      select TOKEN as "TOKEN", OWNER as "OWNER", RUN_ID as "RUN_ID", PID as "PID", HOST as "HOST", COMMAND as "COMMAND", SINCE as "SINCE", datediff('second', HEARTBEAT, sysdate()) as "SILENT" from "EHR".MEDFORM.LEASE where NAME = 'main'

      merge into "EHR".MEDFORM.LEASE as t
      using (select 'main' as NAME, ? as OWNER, ? as RUN_ID, ? as PID, ? as HOST, ? as COMMAND, ? as SINCE) as s
      on t.NAME = s.NAME
      when matched and (t.OWNER = '' or t.OWNER = s.OWNER or datediff('second', t.HEARTBEAT, sysdate()) >= ?) then update set TOKEN = case when t.TOKEN < datediff('millisecond', cast('1970-01-01' as timestamp_ntz(9)), sysdate()) then datediff('millisecond', cast('1970-01-01' as timestamp_ntz(9)), sysdate()) else t.TOKEN + 1 end, OWNER = s.OWNER, RUN_ID = s.RUN_ID, PID = s.PID, HOST = s.HOST, COMMAND = s.COMMAND, SINCE = s.SINCE, HEARTBEAT = sysdate()
      when not matched then insert (NAME, TOKEN, OWNER, RUN_ID, PID, HOST, COMMAND, SINCE, HEARTBEAT) values (s.NAME, datediff('millisecond', cast('1970-01-01' as timestamp_ntz(9)), sysdate()), s.OWNER, s.RUN_ID, s.PID, s.HOST, s.COMMAND, s.SINCE, sysdate())

      update "EHR".MEDFORM.LEASE set RUN_ID = ?, HEARTBEAT = sysdate() where NAME = 'main' and OWNER = ? and TOKEN = ?

      update "EHR".MEDFORM.LEASE set HEARTBEAT = sysdate() where NAME = 'main' and OWNER = ? and TOKEN = ?

      update "EHR".MEDFORM.LEASE set OWNER = '', HEARTBEAT = sysdate() where NAME = 'main' and OWNER = ? and TOKEN = ?

      exists (select 1 from "EHR".MEDFORM.LEASE where NAME = 'main' and OWNER = ? and TOKEN = ?)"
    `);
    expect(sql.abortTransaction("1432071523422")).toBe("select system$abort_transaction(1432071523422)");
  });

  it("takes for a transaction's id nothing but a number", () => {
    expect(() => sql.abortTransaction("1); drop table x --")).toThrow(/whole number/);
  });

  it("knows the transactions of one warehouse by their names, and under which lease each was opened", () => {
    const name = `${sql.transactionPrefix("EHR", 12)}1F`;
    expect(name).toMatch(/^[A-Z][A-Z0-9_]*$/);
    expect(sql.tokenOfTransaction("EHR", name)).toBe(12);
    expect(sql.tokenOfTransaction("EHR", name.toLowerCase())).toBe(12);
    expect(sql.tokenOfTransaction("OTHER", name)).toBeUndefined();
    expect(sql.tokenOfTransaction("EHR", "0f6f5ba2-9c6a-4d4b-9c6b-3f1f1b0f6c11")).toBeUndefined();
    expect(sql.tokenOfTransaction("EHR", sql.transactionPrefix("EHR", 12).slice(0, -4))).toBeUndefined();
  });
});
