const { declare, key, noOrphans, nonNull, range, row } = require("../includes/declared.js");

declare(
  { schema: "gold", name: "license_expiring" },
  {
    keys: ["provider_license_key"],
    rules: [
      key("license_expiring_key"),
      noOrphans("license_expiring_known", ["provider_license_key"], ["silver", "provider_license"]),
      range("license_expiring_days", "days_left", { low: 0, high: 60 }),
    ],
  },
);

declare(
  { schema: "gold", name: "breach" },
  {
    keys: ["phi_access_log_key"],
    rules: [
      key("breach_key"),
      nonNull("breach_incident", ["incident_key", "accessed_at"]),
      noOrphans("breach_logged", ["phi_access_log_key"], ["silver", "phi_access_log"]),
    ],
  },
);

declare(
  { schema: "gold", name: "security_monitoring" },
  {
    keys: ["user_source", "user_id"],
    rules: [
      row(
        "security_monitoring_counts",
        "no count is greater than that of all attempts",
        "failed_login_count <= failed_count and failed_count <= attempt_count and unrelated_count <= attempt_count and outside_hours_count <= attempt_count",
      ),
      row("security_monitoring_recent", "the last attempt is not after as_of", "last_attempt_at <= as_of"),
    ],
  },
);
