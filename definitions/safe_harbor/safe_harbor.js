// What others may have: without the 18 identifiers, as 45 CFR 164.514(b)(2) lists them. Its tables stand in includes/research.js.
research.publishAll("safe_harbor", publish);
