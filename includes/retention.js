/**
 * How long a record is kept. No federal law of the United States says it of medical records (45 CFR 164.316(b)(2) keeps
 * policies and logs for six years); states do, and differ. The terms are those that AHIMA recommends ("Retention and
 * Destruction of Health Information"): ten years after the last encounter, of minors from the age of majority on. A hospital sets
 * here what its state demands.
 */
module.exports = {
  termYears: 10,
  majorityYears: 18,
  /** Since the last encounter: until so many years `active`, until so many `warm`, then `archive`. */
  activeYears: 2,
  warmYears: 7,
};
