const { column } = require("../columns.js");

module.exports = {
  name: "concept",
  description:
    "What a code means to the source that sends it: one row a code of the source's dictionaries. Conditions, procedures and laboratory results that were sent without a text have theirs from here.",
  key: column("concept_key", "text", "The code: a hash of tenant, source, code system and code."),
  sent: [
    column("code", "text", "The code, as sent."),
    column("code_system", "text", "The code system, by the name that rows with such a code have it by."),
    column("description", "text", "The dictionary's text; where it has a short and a long one, the long one."),
    column("specimen", "text", "Of what fluid or tissue a laboratory's item is, as sent. NULL: not said."),
    column("category", "text", "The dictionary's category, as sent."),
  ],
  judged: [
    column(
      "display",
      "text",
      "What rows with the code are described by: the text, and in brackets the specimen where that is not blood and the text does not name it. NULL where there is no text.",
    ),
  ],
};
