const { column, encounterKey, encounterRaw, patientKey, startOf } = require("../columns.js");

module.exports = {
  name: "document",
  description:
    "Clinical documents: one row a version; `chain_key` gathers the versions of one document, of which one is current.",
  key: column("document_key", "text", "The version: a hash of tenant, source and the version's id.", ["phi:other"]),
  cluster: ["patient_key", "written_date"],
  sent: [
    column("document_version_id", "text", "The source's id of the version.", ["phi:other"]),
    column("document_id", "text", "The source's id of the document, the same for each version.", ["phi:other"]),
    column("chain_key", "text", "The document: a hash of tenant, source and document id.", ["phi:other"]),
    column("version", "integer", "Number of the version, from 1."),
    patientKey,
    encounterRaw,
    column("kind", "text", "`discharge_summary`, `progress_note`, `consent` or `referral`, as sent."),
    column("title", "text", "Title.", ["phi:other"]),
    column("provider_raw", "text", "The author's id as the source sent it."),
    ...startOf("When it was written", "written_at", "written_date", "written_precision"),
    column("signer_raw", "text", "The id of the provider who signed it, as the source sent it."),
    column("signed_at", "instant", "When it was signed, in UTC. NULL: not signed.", ["phi:date"]),
    column("status_raw", "text", "Status as the source sent it."),
    column("status", "text", "`draft`, `signed` or `withdrawn`."),
    column("document_text", "text", "The text.", ["phi:other"]),
  ],
  references: ["encounter", "provider"],
  judged: [encounterKey, column("provider_key", "text", "The author. NULL where not known.")],
  derived: [
    column(
      "is_current",
      "boolean",
      "Whether it is the newest version of its document: the one with the highest number.",
    ),
    column("search_text", "text", "Title and text in lower case with single blanks, to be searched.", ["phi:other"]),
  ],
};
