const { column, encounterKey, encounterRaw, patientKey, startOf } = require("../columns.js");

module.exports = {
  name: "imaging_study",
  description:
    "The images of imaging studies, by what DICOM says of them, without pixels: one row an image, as each is delivered and accounted for on its own; `study_key` gathers those of one study.",
  key: column("imaging_study_key", "text", "The image: a hash of tenant, source, study id, series and instance.", [
    "phi:other",
  ]),
  cluster: ["patient_key", "performed_date"],
  sent: [
    column("imaging_study_id", "text", "The source's id of the study, the same for each of its images.", ["phi:other"]),
    column("study_key", "text", "The study: a hash of tenant, source and study id.", ["phi:other"]),
    patientKey,
    encounterRaw,
    ...startOf("When the study was made", "performed_at", "performed_date", "performed_precision"),
    column("procedure_code", "text", "Code of the procedure, in SNOMED CT as Synthea defines it."),
    column("modality_code", "text", "DICOM code of the modality: `DX`, `CT`, `MR`, …"),
    column("modality_description", "text", "The source's text for the modality."),
    column("body_site_code", "text", "Code of the body site, in SNOMED CT as Synthea defines it."),
    column("body_site_description", "text", "The source's text for the body site."),
    column("series_uid", "text", "DICOM UID of the series.", ["phi:other"]),
    column("instance_uid", "text", "DICOM UID of the image.", ["phi:other"]),
    column("sop_code", "text", "DICOM SOP class: what kind of object the image is."),
    column("sop_description", "text", "The source's text for the SOP class."),
  ],
  references: ["encounter"],
  judged: [encounterKey],
};
