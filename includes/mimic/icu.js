/** The module icu: what was recorded in intensive care. */
const { field, moment, plain } = require("../fields.js");
const { admission, amount, caregiver, charted, during, item, patient, stay, stored } = require("./field.js");

const recorded = [patient, admission, stay, caregiver];
const unit = (header, name, of) => plain(header, name, `Unit of ${of}.`);
const order = [
  plain("ORDERID", "order_id", "Id of the order.", ["phi:other"]),
  plain("LINKORDERID", "linked_order_id", "Id of the order that it goes on from.", ["phi:other"]),
];
const original = [
  amount("ORIGINALAMOUNT", "original_amount", "Amount when it began."),
  amount("ORIGINALRATE", "original_rate", "Rate when it began."),
];
const status = plain("STATUSDESCRIPTION", "status", "How it ended.");

module.exports = {
  icustays: {
    description: "Stays in intensive care, one row each.",
    fields: [
      patient,
      admission,
      stay,
      plain("FIRST_CAREUNIT", "first_care_unit", "First unit."),
      plain("LAST_CAREUNIT", "last_care_unit", "Last unit."),
      moment("INTIME", "start", "When the patient came."),
      moment("OUTTIME", "stop", "When the patient left."),
      amount("LOS", "days", "Days from one to the other."),
    ],
  },
  chartevents: {
    description: "What was measured and observed in intensive care, one row each.",
    fields: [
      ...recorded,
      charted,
      stored,
      item,
      plain("VALUE", "value_text", "Value.", ["phi:other"]),
      amount("VALUENUM", "value_number", "Value as a number."),
      unit("VALUEUOM", "unit", "the value"),
      plain("WARNING", "warning", "`1` where a warning was shown."),
    ],
  },
  inputevents: {
    description: "Infusions and other fluids in intensive care, one row each.",
    fields: [
      ...recorded,
      ...during,
      stored,
      item,
      amount("AMOUNT", "amount", "Amount."),
      unit("AMOUNTUOM", "amount_unit", "the amount"),
      amount("RATE", "rate", "Rate."),
      unit("RATEUOM", "rate_unit", "the rate"),
      ...order,
      plain("ORDERCATEGORYNAME", "order_category", "Category of the order."),
      plain("SECONDARYORDERCATEGORYNAME", "second_order_category", "Second category."),
      plain("ORDERCOMPONENTTYPEDESCRIPTION", "component_type", "What it is in the order."),
      plain("ORDERCATEGORYDESCRIPTION", "order_category_description", "Description of the category."),
      amount("PATIENTWEIGHT", "patient_weight", "Weight of the patient in kg."),
      amount("TOTALAMOUNT", "total_amount", "Total amount in the bag."),
      unit("TOTALAMOUNTUOM", "total_amount_unit", "the total amount"),
      plain("ISOPENBAG", "is_open_bag", "`1` for an open bag."),
      plain("CONTINUEINNEXTDEPT", "continues_in_next_department", "`1` where it goes on in the next unit."),
      status,
      ...original,
    ],
  },
  datetimeevents: {
    description: "Dates and times that were recorded in intensive care, one row each.",
    fields: [
      ...recorded,
      charted,
      stored,
      item,
      moment("VALUE", "value", "The date or time."),
      unit("VALUEUOM", "unit", "the value"),
      plain("WARNING", "warning", "`1` where a warning was shown."),
    ],
  },
  ingredientevents: {
    description: "What infusions contain, one row an ingredient and time.",
    fields: [
      ...recorded,
      ...during,
      stored,
      item,
      amount("AMOUNT", "amount", "Amount."),
      unit("AMOUNTUOM", "amount_unit", "the amount"),
      amount("RATE", "rate", "Rate."),
      unit("RATEUOM", "rate_unit", "the rate"),
      ...order,
      status,
      ...original,
    ],
  },
  outputevents: {
    description: "What patients put out, one row each.",
    fields: [
      ...recorded,
      charted,
      stored,
      item,
      amount("VALUE", "value_number", "Amount."),
      unit("VALUEUOM", "unit", "the amount"),
    ],
  },
  procedureevents: {
    description: "Procedures in intensive care, one row each.",
    fields: [
      ...recorded,
      ...during,
      stored,
      item,
      amount("VALUE", "value_number", "How long or how much."),
      unit("VALUEUOM", "unit", "that"),
      plain("LOCATION", "body_site", "Where on the body."),
      plain("LOCATIONCATEGORY", "body_site_category", "Category of that."),
      ...order,
      plain("ORDERCATEGORYNAME", "order_category", "Category of the order."),
      plain("ORDERCATEGORYDESCRIPTION", "order_category_description", "Description of the category."),
      amount("PATIENTWEIGHT", "patient_weight", "Weight of the patient in kg."),
      plain("ISOPENBAG", "is_open_bag", "`1` for an open bag."),
      plain("CONTINUEINNEXTDEPT", "continues_in_next_department", "`1` where it goes on in the next unit."),
      status,
      ...original,
    ],
  },
  caregiver: {
    description: "Who recorded in intensive care, one row each: an id and nothing else.",
    fields: [caregiver],
  },
  d_items: {
    description: "What is recorded in intensive care, one row an item.",
    fields: [
      item,
      plain("LABEL", "description", "Name."),
      plain("ABBREVIATION", "abbreviation", "Short name."),
      plain("LINKSTO", "recorded_in", "Table in which it is recorded."),
      plain("CATEGORY", "category", "Category."),
      plain("UNITNAME", "unit", "Unit."),
      plain("PARAM_TYPE", "value_type", "Type of its values."),
      field("LOWNORMALVALUE", "reference_low", "number", "Least of the reference range."),
      field("HIGHNORMALVALUE", "reference_high", "number", "Greatest of the reference range."),
    ],
  },
};
