//! A database with Kwik's table layout, and rows of every kind that gives trouble.

use crate::orders::Order;
use kwik::{
    Settings,
    adapters::Database,
    domain::{Ctx, Secret, Via},
    schema::{Migration, Schema, SchemaError},
    takeover::{Report, Takeover, TakeoverError},
};
use kwik_testkit::{
    TestApp,
    database::{BoxError, Engine, TestDatabase},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// By Python's bcrypt, as Kwik's passlib uses it: of `PASSWORD`.
const HASH: &str = "$2b$04$detxsHKWoEOuaAmWLbnM5.rn6VWul8hX7kpa4B05dTbOmRV.vAZq2";
pub const PASSWORD: &str = "correct horse";

/// The tables, with the names that Kwik's convention gives.
const TABLES: &str = "
CREATE TABLE users (id serial CONSTRAINT pk_users PRIMARY KEY, name varchar NOT NULL, surname varchar NOT NULL,
    email varchar NOT NULL, hashed_password varchar NOT NULL, is_active boolean, is_superuser boolean);
CREATE UNIQUE INDEX ix_users_email ON users (email);
CREATE INDEX ix_users_id ON users (id);
CREATE TABLE roles (id serial CONSTRAINT pk_roles PRIMARY KEY, name varchar, is_active boolean NOT NULL,
    is_locked boolean NOT NULL, AUDIT);
CREATE TABLE permissions (id serial CONSTRAINT pk_permissions PRIMARY KEY, name varchar NOT NULL, AUDIT);
CREATE TABLE users_roles (id serial CONSTRAINT pk_users_roles PRIMARY KEY,
    user_id integer CONSTRAINT fk_users_roles_user_id_users REFERENCES users (id),
    role_id integer CONSTRAINT fk_users_roles_role_id_roles REFERENCES roles (id), AUDIT);
CREATE TABLE roles_permissions (id serial CONSTRAINT pk_roles_permissions PRIMARY KEY,
    role_id integer CONSTRAINT fk_roles_permissions_role_id_roles REFERENCES roles (id),
    permission_id integer CONSTRAINT fk_roles_permissions_permission_id_permissions REFERENCES permissions (id), AUDIT);
CREATE TABLE api_keys (id serial CONSTRAINT pk_api_keys PRIMARY KEY, user_id integer NOT NULL REFERENCES users (id),
    name varchar NOT NULL, prefix varchar NOT NULL, key_hash varchar NOT NULL, key_suffix varchar NOT NULL,
    expires_at timestamp, revoked_at timestamp, last_used_at timestamp, created_at timestamp NOT NULL DEFAULT now());
CREATE TABLE shop_orders (id serial CONSTRAINT pk_shop_orders PRIMARY KEY, order_no varchar NOT NULL,
    total numeric NOT NULL, creation_time timestamptz NOT NULL DEFAULT now(), last_modification_time timestamptz,
    creator_user_id bigint CONSTRAINT fk_shop_orders_creator_user_id_users REFERENCES users (id),
    last_modifier_user_id bigint CONSTRAINT fk_shop_orders_last_modifier_user_id_users REFERENCES users (id));
CREATE TABLE notes (id serial PRIMARY KEY, user_id integer NOT NULL,
    CONSTRAINT \"fk notes\" FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE DEFERRABLE);
CREATE TABLE role_colours (role_id integer CONSTRAINT fk_role_colours_role_id_roles REFERENCES roles (id), colour text);
";

/// The columns that most of Kwik's tables have.
const AUDIT: &str = "creation_time timestamp DEFAULT now(), last_modification_time timestamp,
    creator_user_id bigint REFERENCES users (id), last_modifier_user_id bigint REFERENCES users (id)";

/// Rows, some of them doubtful.
const ROWS: &str = "
INSERT INTO users (id, name, surname, email, hashed_password, is_active, is_superuser) VALUES
    (1, 'Ada', 'Byron', 'Ada@Example.com', 'HASH', true, true),
    (2, 'Bea', 'Clerk', 'bea@example.com', 'HASH', true, false),
    (3, 'Cem', 'Gone', 'cem@example.com', 'HASH', false, false),
    (9, 'Dee', '', 'dee@example.com', 'HASH', NULL, NULL);
INSERT INTO roles (id, name, is_active, is_locked, creator_user_id) VALUES
    (1, 'Clerk', true, false, 1), (2, 'clerk ', true, false, 1), (3, NULL, true, false, 1), (4, 'retired', false, true, 1);
INSERT INTO permissions (id, name, creator_user_id) VALUES
    (1, 'orders_read', 1), (2, 'Orders_Read ', 1), (3, 'orders_create', 1), (4, ' ', 1), (5, 'orders_delete', 1);
INSERT INTO users_roles (id, user_id, role_id) VALUES
    (1, 2, 1), (2, 2, 2), (3, 2, NULL), (4, 9, 3), (5, 2, 4);
INSERT INTO roles_permissions (id, role_id, permission_id) VALUES
    (1, 1, 2), (2, 2, 3), (3, 1, 4), (4, 1, 1), (5, NULL, 1), (6, 4, 5);
INSERT INTO api_keys (user_id, name, prefix, key_hash, key_suffix) VALUES (2, 'import', 'kwik', 'ab', 'cdef');
INSERT INTO shop_orders (id, order_no, total, creator_user_id) VALUES (70, 'A-70', 12.50, 2);
INSERT INTO notes (user_id) VALUES (9);
INSERT INTO role_colours VALUES (1, 'green');
SELECT setval('users_id_seq', 9), setval('roles_id_seq', 4), setval('permissions_id_seq', 5),
    setval('users_roles_id_seq', 5), setval('roles_permissions_id_seq', 6), setval('shop_orders_id_seq', 70);
";

/// A database of Kwik's, of a test's own.
pub struct Kwik {
    pub place: TestDatabase,
    database: Database,
}

impl Kwik {
    /// A database with all the rows.
    pub async fn new() -> Self {
        let kwik = Self::empty().await;
        kwik.sql(&TABLES.replace("AUDIT", AUDIT)).await;
        kwik.sql(&ROWS.replace("HASH", HASH)).await;
        kwik
    }

    /// A database with nothing in it.
    pub async fn empty() -> Self {
        let empty = async |_| Ok::<(), BoxError>(());
        let place = TestDatabase::from_template(Engine::Postgres, "nothing", empty).await.unwrap();
        let url = Secret::new(place.url().to_owned());
        let database = Database::connect(&url, kwik::adapters::database::PoolSettings::default()).await.unwrap();
        Self { place, database }
    }

    /// Runs statements.
    pub async fn sql(&self, sql: &str) {
        let mut connection = PgConnection::connect(self.place.url()).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// What a query that gives one text gives.
    pub async fn text(&self, sql: &str) -> String {
        let mut connection = PgConnection::connect(self.place.url()).await.unwrap();
        let text = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        text
    }

    /// What would be done.
    pub async fn examine(&self) -> Result<Option<Report>, TakeoverError> {
        let schema = schema();
        self.takeover(&schema).examine().await
    }

    /// Takes over; the lines that are said, too.
    pub async fn run(&self) -> Result<Option<(Report, Vec<String>)>, TakeoverError> {
        let (schema, mut said) = (schema(), Vec::new());
        let report = self.takeover(&schema).run(&mut |line| said.push(line.to_owned())).await?;
        Ok(report.map(|report| (report, said)))
    }

    /// The same with migrations, as in production.
    pub async fn run_migrations(&self, migrations: &[Migration]) -> Result<Option<Report>, TakeoverError> {
        let schema = schema();
        Takeover::new(&self.database, &schema, Some(migrations), ctx()).run(&mut |_| {}).await
    }

    /// What there is against serving with these migrations.
    pub async fn check(&self, migrations: &[Migration]) -> Result<(), SchemaError> {
        kwik::schema::check(&self.database, migrations, &schema()).await
    }

    fn takeover<'a>(&'a self, schema: &'a Schema) -> Takeover<'a> {
        Takeover::new(&self.database, schema, None, ctx())
    }

    /// The program over it.
    pub async fn program(self) -> TestApp {
        self.database.close().await;
        let app = kwik::App::new().resource::<Order>();
        TestApp::start_on(self.place, app, |_: &mut Settings| {}).await.unwrap()
    }
}

fn ctx() -> Ctx {
    Ctx::system(Via::CommandLine, "2026-01-01T12:00:00Z".parse().unwrap())
}

fn schema() -> Schema {
    Schema::of(&[<Order as kwik::domain::Entity>::META]).unwrap()
}
