/** Areas of the United States, as the safe harbor distinguishes them: states may be told, and of ZIP codes the first three digits. */

/**
 * The first three digits of ZIP codes in which at most 20,000 people live: 45 CFR 164.514(b)(2)(i)(B) wants `000` for these.
 * By the census of 2000, as listed by the Department of Health and Human Services in its Guidance Regarding Methods for
 * De-identification of Protected Health Information (26 November 2012). Who has counts of a later census gives them instead, as
 * the variable `small_zip3` of the project: three digits each, separated by commas or blanks.
 */
const CENSUS_2000 = "036,059,063,102,203,556,692,790,821,823,830,831,878,879,884,890,893";

/** @returns the list that holds for this project; throws where it is none */
const smallZip3 = () => {
  const list = (dataform.projectConfig.vars?.small_zip3 || CENSUS_2000).split(/[\s,]+/);
  const odd = list.filter((each) => !/^\d{3}$/.test(each));
  if (odd.length > 0) throw new Error(`small_zip3: "${odd.join(", ")}" is no list of three digits each.`);
  return list;
};

/** States, the district and the territories with a code of USPS Publication 28, appendix B, by what sources write for them. */
const STATES =
  "AL Alabama,AK Alaska,AS American Samoa,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,DE Delaware," +
  "DC District of Columbia,FL Florida,GA Georgia,GU Guam,HI Hawaii,ID Idaho,IL Illinois,IN Indiana,IA Iowa,KS Kansas," +
  "KY Kentucky,LA Louisiana,ME Maine,MD Maryland,MA Massachusetts,MI Michigan,MN Minnesota,MS Mississippi,MO Missouri," +
  "MT Montana,NE Nebraska,NV Nevada,NH New Hampshire,NJ New Jersey,NM New Mexico,NY New York,NC North Carolina," +
  "ND North Dakota,MP Northern Mariana Islands,OH Ohio,OK Oklahoma,OR Oregon,PA Pennsylvania,PR Puerto Rico," +
  "RI Rhode Island,SC South Carolina,SD South Dakota,TN Tennessee,TX Texas,UT Utah,VT Vermont,VA Virginia," +
  "VI Virgin Islands,WA Washington,WV West Virginia,WI Wisconsin,WY Wyoming";

/** What is said of a state, in lower case, to its two letters. */
const states = Object.fromEntries(
  STATES.split(",").flatMap((each) => {
    const [code, name] = [each.slice(0, 2), each.slice(3)];
    return [
      [code.toLowerCase(), code],
      [name.toLowerCase(), code],
    ];
  }),
);

module.exports = { smallZip3, states };
