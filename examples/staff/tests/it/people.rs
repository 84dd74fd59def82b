//! Who uses the example: Ada administers, Sam works in sales, Uma in support, Hanna is the head of sales
//! and sees salaries, Otto reaches the tickets that are his own, Nora may do nothing.

use http::Method;
use kwik_testkit::{Client, TestApp, TestResponse, database::Engine};
use serde_json::{Value, json};

/// What clerks may do.
pub const CLERK: [&str; 8] = [
    "employees_read",
    "employees_create",
    "employees_update",
    "employees_delete",
    "tickets_read",
    "tickets_create",
    "tickets_update",
    "tickets_delete",
];

/// What Otto may do.
pub const OWN: [&str; 4] = ["tickets_create", "tickets_read_own", "tickets_update_own", "tickets_delete_own"];

/// The example on a database of its own, with somebody who may do everything.
pub struct Office {
    pub app: TestApp,
    pub ada: Client,
}

/// A user.
pub struct Person {
    pub id: i64,
    pub client: Client,
}

impl std::ops::Deref for Person {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Office {
    /// Nobody is there but Ada.
    pub async fn empty(engine: Engine) -> Self {
        let app = TestApp::start(engine, staff::app).await;
        let ada = app.admin().await;
        Self { app, ada }
    }

    /// With four employees: Anna (1) and Bert (2) in sales, Cleo (3) and Dora (4) in support.
    pub async fn with_employees(engine: Engine) -> Self {
        let office = Self::empty(engine).await;
        for (name, department, salary) in [
            ("Anna", "sales", "4000"),
            ("Bert", "sales", "3000"),
            ("Cleo", "support", "5000"),
            ("Dora", "support", "2000"),
        ] {
            let mut body = employee(name, department);
            body["salary"] = json!(salary);
            body["bonus"] = json!("100");
            office.ada.post("/employees/", &body).await.ok();
        }
        office
    }

    /// A new user with these permissions and no profile.
    pub async fn user(&self, permissions: &[&str]) -> Person {
        let user = self.app.new_user(permissions).await;
        Person { id: user.id, client: self.app.as_user(&user).await }
    }

    /// A new user with these permissions, who works there.
    pub async fn member(&self, permissions: &[&str], department: &str, head: bool) -> Person {
        let person = self.user(permissions).await;
        let profile = json!({ "user_id": person.id, "department": department, "head": head });
        self.ada.post("/profiles/", &profile).await.ok();
        person
    }

    /// A clerk of sales.
    pub async fn sam(&self) -> Person {
        self.member(&CLERK, "sales", false).await
    }

    /// A clerk of support.
    pub async fn uma(&self) -> Person {
        self.member(&CLERK, "support", false).await
    }

    /// The head of sales, who sees salaries and sets them.
    pub async fn hanna(&self) -> Person {
        let salaries = ["employees_read_salary", "employees_update_salary"];
        self.member(&[&CLERK[..], &salaries].concat(), "sales", true).await
    }

    /// Somebody who reaches his own tickets only.
    pub async fn otto(&self) -> Person {
        self.user(&OWN).await
    }

    /// Somebody without a permission.
    pub async fn nora(&self) -> Person {
        self.user(&[]).await
    }

    /// A new ticket of sales that Ada makes, open and not confidential; answers its path.
    pub async fn ticket(&self, title: &str, clerk_id: Option<i64>) -> String {
        self.ticket_with(title, clerk_id, &json!({})).await
    }

    /// [`Office::ticket`] with other fields.
    pub async fn ticket_with(&self, title: &str, clerk_id: Option<i64>, other: &Value) -> String {
        let mut body = json!({ "title": title, "department": "sales", "clerk_id": clerk_id });
        body.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
        path(&self.ada.post("/tickets/", &body).await)
    }
}

/// Where what was made is to be found.
pub fn path(created: &TestResponse) -> String {
    created.ok();
    created.header("location").unwrap().strip_prefix("/api/v1").unwrap().to_owned()
}

/// The body that makes an employee.
pub fn employee(name: &str, department: &str) -> Value {
    json!({ "name": name, "email": format!("{}@example.com", name.to_lowercase()), "department": department })
}

/// The values of one field in a list, and the total.
pub fn listed(list: &TestResponse, field: &str) -> (Vec<String>, Value) {
    let list = list.ok();
    let values = list["data"].as_array().unwrap().iter().map(|row| row[field].as_str().unwrap().to_owned());
    (values.collect(), list["total"].clone())
}

/// What [`listed`] gives for a whole list.
pub fn whole(values: &[&str]) -> (Vec<String>, Value) {
    (values.iter().map(|&value| value.to_owned()).collect(), json!(values.len()))
}

/// A denial.
pub fn forbidden(reason: &str) -> Value {
    json!({ "code": "forbidden", "detail": format!("Not enough privileges: {reason}") })
}

/// What is said when a row would come to lie out of the writer's reach.
pub fn outside() -> Value {
    forbidden("the row would lie outside of what you may reach")
}

/// Everything that is done to one row.
pub const ON_ONE_ROW: [(Method, &str); 5] =
    [(Method::GET, ""), (Method::GET, "/history"), (Method::PUT, ""), (Method::PATCH, ""), (Method::DELETE, "")];

/// A row is as if it did not exist: byte for byte, whatever is asked, but for the key that was sent. `operations` are
/// those of [`ON_ONE_ROW`] that are asked; `change` is a right body for a change.
pub async fn is_missing(client: &Client, path: &str, operations: &[(Method, &str)], change: &Value) {
    let (collection, id) = path.rsplit_once('/').unwrap();
    for (method, tail) in operations {
        for headers in [&[][..], &[("if-match", "\"7\"")], &[("if-none-match", "*")]] {
            let ask = async |id: &str| {
                let path = format!("{collection}/{id}{tail}");
                shape(&client.json(method.clone(), &path, headers, change).await, id)
            };
            let missing = ask("99999").await;
            assert_eq!(missing.0, 404, "{method} {path}{tail}: {}", missing.2);
            assert_eq!(ask(id).await, missing, "{method} {path}{tail}");
        }
    }
}

/// An answer without what is another in each: the request, and the key that was asked for.
fn shape(answer: &TestResponse, id: &str) -> (u16, Vec<String>, String) {
    let mut headers: Vec<_> = answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.retain(|header| !header.starts_with("x-request-id"));
    let text = String::from_utf8(answer.body.clone()).unwrap();
    let request_id = answer.header("x-request-id").unwrap();
    (answer.status.as_u16(), headers, text.replace(request_id, "…").replace(&format!("id={id} "), "id=… "))
}
