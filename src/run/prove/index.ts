/** Proves that increments made what a full refresh makes. What is published is read, never written. */
export { proofRule, prove } from "./prove.js";
