/**
 * What is known here of medications that should not be taken together, twice, or at an age: small seeds by ingredient.
 *
 * A medication contains an ingredient where its description names it as a word: RxNorm's names do. A name that says only a
 * brand or a pack is not understood and never alerts. A seed is a floor, not a knowledge base: silence says nothing.
 */
const patterns = require("./patterns.js");
const seeds = require("./seeds.js");

/** Classes of ingredients, as the rules below need them. */
const CLASSES = {
  ace_inhibitor: "benazepril captopril enalapril fosinopril lisinopril quinapril ramipril",
  amphetamine:
    "amphetamine atomoxetine benzphetamine dexmethylphenidate dextroamphetamine diethylpropion lisdexamfetamine methamphetamine methylphenidate phendimetrazine phentermine pseudoephedrine",
  anticoagulant: "apixaban dabigatran edoxaban enoxaparin rivaroxaban warfarin",
  antihistamine_first_generation:
    "brompheniramine chlorpheniramine cyproheptadine diphenhydramine doxylamine hydroxyzine promethazine",
  antiplatelet: "aspirin clopidogrel prasugrel ticagrelor",
  atazanavir: "atazanavir",
  barbiturate: "butalbital phenobarbital primidone",
  benzodiazepine: "alprazolam chlordiazepoxide clonazepam diazepam lorazepam midazolam temazepam triazolam",
  beta_blocker: "atenolol bisoprolol carvedilol metoprolol nadolol propranolol",
  calcium_channel_blocker: "amlodipine felodipine nifedipine nicardipine",
  cyp1a2_inhibitor: "ciprofloxacin fluvoxamine",
  cyp3a4_inducer: "carbamazepine phenytoin rifampin",
  cyp3a4_inhibitor:
    "clarithromycin cobicistat itraconazole ketoconazole nefazodone posaconazole ritonavir voriconazole",
  ergot: "dihydroergotamine ergotamine methylergonovine",
  febuxostat: "febuxostat",
  hypnotic: "eszopiclone zaleplon zolpidem",
  irinotecan: "irinotecan",
  mao_inhibitor: "isocarboxazid phenelzine procarbazine selegiline tranylcypromine",
  muscle_relaxant: "carisoprodol chlorzoxazone cyclobenzaprine metaxalone methocarbamol",
  nsaid: "diclofenac ibuprofen indomethacin ketorolac meloxicam nabumetone naproxen piroxicam",
  opioid: "codeine fentanyl hydrocodone hydromorphone meperidine methadone morphine oxycodone tapentadol tramadol",
  penicillin: "amoxicillin ampicillin dicloxacillin nafcillin oxacillin penicillin piperacillin",
  procarbazine: "procarbazine",
  protease_inhibitor: "atazanavir darunavir fosamprenavir indinavir lopinavir nelfinavir ritonavir saquinavir",
  proton_pump_inhibitor: "dexlansoprazole esomeprazole lansoprazole omeprazole pantoprazole rabeprazole",
  qt_prolonging:
    "amiodarone astemizole cisapride disopyramide dofetilide haloperidol methadone pimozide quinidine sotalol terfenadine thioridazine",
  ramelteon: "ramelteon",
  ssri: "citalopram escitalopram fluoxetine fluvoxamine paroxetine sertraline",
  statin_by_cyp3a4: "lovastatin simvastatin",
  statin: "atorvastatin lovastatin pitavastatin pravastatin rosuvastatin simvastatin",
  sulfonylurea: "chlorpropamide glimepiride glipizide glyburide",
  tetracycline: "doxycycline minocycline tetracycline",
  thiopurine: "azathioprine mercaptopurine",
  tizanidine: "tizanidine",
  tranylcypromine: "tranylcypromine",
  tricyclic: "amitriptyline clomipramine desipramine doxepin imipramine nortriptyline",
  triptan: "almotriptan eletriptan frovatriptan naratriptan rizatriptan sumatriptan zolmitriptan",
};

const ONC = "Phansalkar S et al., J Am Med Inform Assoc 2012;19:735-743, Table 2";
const interaction = (left, right, severity, source, message) => ({ left, right, severity, source, message });

/** High-priority pairs of classes (the list of the Office of the National Coordinator), and three of the FDA's boxed warnings or labels. */
const INTERACTIONS = [
  interaction("amphetamine", "mao_inhibitor", "contraindicated", ONC, "Hypertensive crisis"),
  interaction("atazanavir", "proton_pump_inhibitor", "contraindicated", ONC, "Atazanavir is not absorbed"),
  interaction("febuxostat", "thiopurine", "contraindicated", ONC, "Toxic level of the thiopurine"),
  interaction("ssri", "mao_inhibitor", "contraindicated", ONC, "Serotonin syndrome"),
  interaction("irinotecan", "cyp3a4_inhibitor", "contraindicated", ONC, "Toxic level of irinotecan"),
  interaction("opioid", "mao_inhibitor", "contraindicated", ONC, "Serotonin syndrome, respiratory depression"),
  interaction("tricyclic", "mao_inhibitor", "contraindicated", ONC, "Serotonin syndrome"),
  interaction("qt_prolonging", "qt_prolonging", "contraindicated", ONC, "Torsade de pointes"),
  interaction("ramelteon", "cyp1a2_inhibitor", "contraindicated", ONC, "Toxic level of ramelteon"),
  interaction("cyp3a4_inducer", "protease_inhibitor", "contraindicated", ONC, "The protease inhibitor does not work"),
  interaction("statin_by_cyp3a4", "cyp3a4_inhibitor", "contraindicated", ONC, "Rhabdomyolysis"),
  interaction("statin_by_cyp3a4", "protease_inhibitor", "contraindicated", ONC, "Rhabdomyolysis"),
  interaction("ergot", "cyp3a4_inhibitor", "contraindicated", ONC, "Ergotism"),
  interaction("ergot", "protease_inhibitor", "contraindicated", ONC, "Ergotism"),
  interaction("tizanidine", "cyp1a2_inhibitor", "contraindicated", ONC, "Hypotension, sedation"),
  interaction("tranylcypromine", "procarbazine", "contraindicated", ONC, "Hypertensive crisis"),
  interaction("triptan", "mao_inhibitor", "contraindicated", ONC, "Serotonin syndrome"),
  interaction(
    "opioid",
    "benzodiazepine",
    "serious",
    "FDA Drug Safety Communication of 31 August 2016, boxed warning",
    "Sedation, respiratory depression",
  ),
  interaction(
    "anticoagulant",
    "nsaid",
    "serious",
    "FDA labels of warfarin, apixaban and enoxaparin, section 7",
    "Bleeding",
  ),
  interaction(
    "anticoagulant",
    "antiplatelet",
    "serious",
    "FDA labels of warfarin, apixaban and enoxaparin, section 7",
    "Bleeding",
  ),
];

/** Classes of which nobody should take two. */
const SINGLE = [
  "ace_inhibitor",
  "anticoagulant",
  "benzodiazepine",
  "beta_blocker",
  "calcium_channel_blocker",
  "nsaid",
  "proton_pump_inhibitor",
  "ssri",
  "statin",
  "sulfonylurea",
  "tricyclic",
];

/** Who is allergic to one of these is taken to be allergic to all (aspirin with the other NSAIDs). */
const CROSS_REACTIVE = ["ace_inhibitor", "nsaid", "penicillin"];
const ALSO = { nsaid: ["aspirin"] };

const BEERS = "American Geriatrics Society 2023 updated Beers Criteria, J Am Geriatr Soc 2023;71:2052-2081, Table 2";
const aged = (what, from, to, source, message, severity = "caution") => ({ what, from, to, source, message, severity });

const CHILDREN = "FDA Drug Safety Communication of 20 April 2017, contraindication";

/** Classes or ingredients that should be avoided at an age: years from and to, both included. */
const AGES = [
  aged("antihistamine_first_generation", 65, 150, BEERS, "Anticholinergic: confusion, falls"),
  aged("barbiturate", 65, 150, BEERS, "Dependence, overdose at low doses"),
  aged("benzodiazepine", 65, 150, BEERS, "Delirium, falls, fractures"),
  aged("hypnotic", 65, 150, BEERS, "Delirium, falls, fractures"),
  aged("meperidine", 65, 150, BEERS, "Delirium, neurotoxicity"),
  aged("muscle_relaxant", 65, 150, BEERS, "Anticholinergic: sedation, fractures"),
  aged("indomethacin", 65, 150, BEERS, "Gastrointestinal bleeding, effects on the brain"),
  aged("ketorolac", 65, 150, BEERS, "Gastrointestinal bleeding, kidney injury"),
  aged("nsaid", 65, 150, BEERS, "Gastrointestinal bleeding: avoid chronic use"),
  aged("sulfonylurea", 65, 150, BEERS, "Hypoglycemia"),
  aged("tricyclic", 65, 150, BEERS, "Anticholinergic: sedation, orthostatic hypotension"),
  aged("codeine", 0, 11, CHILDREN, "Respiratory depression", "contraindicated"),
  aged("tramadol", 0, 11, CHILDREN, "Respiratory depression", "contraindicated"),
  aged("promethazine", 0, 1, "FDA label of promethazine, boxed warning", "Respiratory depression", "contraindicated"),
];

/** SQL: text as words between blanks, to find whole words in. */
const words = (text) => `' ' || ${patterns.replaced(`lower(${text})`, "[^a-z0-9]+", " ")} || ' '`;
/** SQL: whether such words contain one. */
const names = (wordsOf, word) => `contains(${wordsOf}, ' ' || ${word} || ' ')`;

const classRows = Object.entries(CLASSES).flatMap(([name, list]) => list.split(" ").map((each) => [each, name]));
const ingredients = [...new Set([...classRows.map(([ingredient]) => ingredient)])].sort();

for (const { left, right } of INTERACTIONS) {
  for (const each of [left, right])
    if (CLASSES[each] === undefined) throw new Error(`medication_safety: no class ${each}`);
}
for (const { what } of AGES) {
  if (CLASSES[what] === undefined && !ingredients.includes(what)) throw new Error(`medication_safety: nothing ${what}`);
}

module.exports = {
  names,
  words,
  /** Relations, each to be selected from under a name. */
  ages: (name) =>
    seeds.relation(
      name,
      ["what", "from_years", "to_years", "severity", "source", "message"],
      AGES.map(({ what, from, to, severity, source, message }) => [what, from, to, severity, source, message]),
    ),
  crossReactive: (name) =>
    seeds.relation(
      name,
      ["ingredient", "class_name"],
      CROSS_REACTIVE.flatMap((each) => [...CLASSES[each].split(" "), ...(ALSO[each] ?? [])].map((one) => [one, each])),
    ),
  ingredientClasses: (name) => seeds.relation(name, ["ingredient", "class_name"], classRows),
  ingredients: (name) =>
    seeds.relation(
      name,
      ["ingredient"],
      ingredients.map((each) => [each]),
    ),
  interactions: (name) =>
    seeds.relation(
      name,
      ["left_class", "right_class", "severity", "source", "message"],
      INTERACTIONS.map(({ left, right, severity, source, message }) => [left, right, severity, source, message]),
    ),
  singleClasses: (name) =>
    seeds.relation(
      name,
      ["class_name"],
      SINGLE.map((each) => [each]),
    ),
};
