/** The page in a real browser: no request, no complaint, readable at both widths. */
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { describe, expect, it } from "vitest";
import { renderReport, reportModel } from "../../src/report/index.js";
import * as hospital from "./warehouse.js";

const executablePath = [
  process.env.CHROMIUM ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
].find((path) => path !== "" && existsSync(path));

describe.skipIf(executablePath === undefined)("the report in a browser (needs chromium)", () => {
  it("opens without a request or an error, shows its key facts, and fits a phone", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "medform-report-")), "index.html");
    writeFileSync(
      file,
      renderReport(
        reportModel({
          graph: hospital.graph,
          state: hospital.broken,
          dispositions: hospital.dispositions,
          generatedAt: "2026-03-02T09:12:00.000Z",
          environment: "local",
          engine: "duckdb",
          project: "Hospital warehouse",
        }),
      ),
    );
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      const requests: string[] = [];
      const complaints: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      const url = pathToFileURL(file).href;
      await page.goto(url);

      expect(await page.title()).toBe("Hospital warehouse: The last run failed: 1 rule did not hold.");
      for (const text of [
        "The last run failed: 1 rule did not hold.",
        "encounter_after_death",
        "patient_unresolved",
        "16,722",
      ]) {
        expect(await page.getByText(text).first().isVisible(), text).toBe(true);
      }
      expect(await page.getByRole("heading", { level: 2 }).allTextContents()).toEqual([
        "Rules",
        "Rows",
        "Tables",
        "Sources",
      ]);

      const patient = page.locator("details", { hasText: "One row a patient" });
      const key = patient.getByText("Hash of tenant, assigning authority");
      expect(await key.isVisible()).toBe(false);
      await patient.locator("summary").click();
      expect(await key.isVisible()).toBe(true);

      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 900 });
        const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        expect(await page.evaluate(overflow), `at ${width}`).toBe(0);
      }
      expect(requests.filter((request) => request !== url && !request.startsWith("data:"))).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
