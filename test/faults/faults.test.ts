/** All faults but kills, in one file, because they share what they strike at. */
import { afterAll } from "vitest";
import "./disk.js";
import "./fail.js";
import "./resume.js";
import { w } from "./shared.js";
import "./source.js";
import "./stop.js";

afterAll(() => w[Symbol.dispose]());
