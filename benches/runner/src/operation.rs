//! The operations that are measured, each as a script for the load generator.

use serde::Serialize;

/// Customers in the table when a measurement starts.
pub(crate) const ROWS: i64 = 10_000;

/// More deletes a second than any service does: so many rows are prepared for a delete.
const DELETES_A_SECOND: u64 = 15_000;

/// One of the operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Operation {
    /// One customer by a random id.
    Read,
    /// Twenty customers at a random place, with the total.
    List,
    /// A new customer.
    Create,
    /// A new credit limit for a random customer.
    Update,
    /// A customer that nobody deleted before.
    Delete,
}

impl Operation {
    /// All, in the order of the report.
    pub(crate) const ALL: [Self; 5] = [Self::Read, Self::List, Self::Create, Self::Update, Self::Delete];

    /// The name in the report.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Read => "read by id",
            Self::List => "list of 20",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// How many rows a measurement of so many seconds starts with.
    pub(crate) fn rows(self, seconds: u64) -> i64 {
        match self {
            Self::Delete => i64::try_from(DELETES_A_SECOND * seconds).unwrap_or(i64::MAX),
            _ => ROWS,
        }
    }

    /// The Lua script: what to send, and one line of figures at the end.
    pub(crate) fn script(self, token: &str, seed: u64) -> String {
        format!(
            "local headers = {{ [\"Authorization\"] = \"Bearer {token}\", [\"Content-Type\"] = \"application/json\" }}\n\
             local number = 0\n\
             math.randomseed({seed})\n\
             function request()\n  {}\nend\n{DONE}",
            self.request(seed)
        )
    }

    fn request(self, seed: u64) -> String {
        match self {
            Self::Read => {
                format!("return wrk.format(\"GET\", \"/api/v1/customers/\" .. math.random(1, {ROWS}), headers)")
            }
            Self::List => {
                "return wrk.format(\"GET\", \"/api/v1/customers/?limit=20&skip=\" .. math.random(0, 1000), headers)"
                    .to_owned()
            }
            Self::Create => format!(
                "number = number + 1\n  \
                 local body = string.format('{{\"name\":\"New customer %d\",\"email\":\"new-{seed}-%d@example.com\",\
                 \"credit_limit\":\"%d\"}}', number, number, number % 10000)\n  \
                 return wrk.format(\"POST\", \"/api/v1/customers/\", headers, body)"
            ),
            Self::Update => format!(
                "local body = string.format('{{\"credit_limit\":\"%d.50\"}}', math.random(0, 99999))\n  \
                 return wrk.format(\"PUT\", \"/api/v1/customers/\" .. math.random(1, {ROWS}), headers, body)"
            ),
            Self::Delete => "number = number + 1\n  \
                 return wrk.format(\"DELETE\", \"/api/v1/customers/\" .. number, headers)"
                .to_owned(),
        }
    }
}

/// Times are microseconds. `errors.status` counts answers of 400 and more; none of these operations redirects.
const DONE: &str = r#"
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("figures %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.status, e.connect + e.read + e.write + e.timeout))
end
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_hold_the_token_and_no_leftover_braces() {
        for operation in Operation::ALL {
            let script = operation.script("TOKEN", 7);
            assert!(script.contains("Bearer TOKEN"), "{script}");
            assert!(!script.contains("{{"), "{script}");
        }
    }
}
