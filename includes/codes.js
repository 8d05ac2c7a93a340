/** Code maps: what sources' words mean here. A word that is not in its map has no meaning, and its row is quarantined. */
const seeds = require("./seeds.js");
const transitions = require("./transitions.js");

/** Class of an encounter, as sources send it, to its type. */
const ENCOUNTER_TYPE = {
  wellness: "office",
  ambulatory: "office",
  outpatient: "office",
  urgentcare: "office",
  office: "office",
  inpatient: "inpatient",
  emergency: "emergency",
  virtual: "telemedicine",
  telemedicine: "telemedicine",
  procedure: "procedure",
  consultation: "consultation",
  snf: "post_acute",
  post_acute: "post_acute",
  hospice: "hospice",
  home: "home",
};

/** Status of an appointment; beside our own words those of FHIR. */
const APPOINTMENT_STATUS = {
  scheduled: "scheduled",
  booked: "scheduled",
  in_progress: "in_progress",
  "in-progress": "in_progress",
  completed: "completed",
  fulfilled: "completed",
  cancelled: "cancelled",
  canceled: "cancelled",
  no_show: "no_show",
  "no-show": "no_show",
  noshow: "no_show",
};

/** What may follow what: of an appointment from its booking on. The last three end it. */
const APPOINTMENT_COURSE = transitions.course("scheduled", {
  scheduled: ["in_progress", "cancelled", "no_show"],
  in_progress: ["completed", "cancelled"],
  completed: [],
  cancelled: [],
  no_show: [],
});

/** Where an observation belongs: first by its code, then by the source's category, else to `observation`. */
const ROUTE_BY_CODE = {
  // Asked in a questionnaire, yet filed as laboratory by Synthea: where the patient lives.
  "56799-0": "observation",
};
const ROUTE_BY_CATEGORY = {
  laboratory: "lab_result",
  "vital-signs": "vital_sign",
};

module.exports = {
  appointmentCourse: APPOINTMENT_COURSE,
  appointmentStatus: (status) => seeds.mapped(status, APPOINTMENT_STATUS),
  encounterType: (sentClass) => seeds.mapped(sentClass, ENCOUNTER_TYPE),
  observationEntity: (code, category) =>
    `coalesce(${seeds.mapped(code, ROUTE_BY_CODE)}, ${seeds.mapped(category, ROUTE_BY_CATEGORY)}, 'observation')`,
};
