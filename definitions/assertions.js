// The declared rules lie in assertions/, one file an entity; requiring them here lets every Dataform runner compile them.
require("../assertions/accounting.js");
require("../assertions/allergy.js");
require("../assertions/appointment.js");
require("../assertions/appointment_change.js");
require("../assertions/condition.js");
require("../assertions/coverage.js");
require("../assertions/encounter.js");
require("../assertions/facility.js");
require("../assertions/gold.js");
require("../assertions/imaging_study.js");
require("../assertions/immunization.js");
require("../assertions/observation.js");
require("../assertions/patient.js");
require("../assertions/patient_event.js");
require("../assertions/prescription.js");
require("../assertions/procedure.js");
require("../assertions/provider.js");
