-- 0001_initial on SQLite

CREATE TABLE "users" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "name" text NOT NULL,
  "surname" text NOT NULL,
  "email" text NOT NULL,
  "login" text NOT NULL DEFAULT '',
  "hashed_password" text NOT NULL DEFAULT '!',
  "must_change_password" integer NOT NULL DEFAULT 0,
  "is_active" integer NOT NULL DEFAULT 1,
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer
) STRICT;
CREATE UNIQUE INDEX "users_login_key" ON "users" ("login");

CREATE TABLE "roles" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "name" text NOT NULL,
  "is_active" integer NOT NULL,
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer
) STRICT;
CREATE UNIQUE INDEX "roles_name_key" ON "roles" ("name");

CREATE TABLE "permissions" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "name" text NOT NULL,
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer
) STRICT;
CREATE UNIQUE INDEX "permissions_name_key" ON "permissions" ("name");

CREATE TABLE "user_roles" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "user_id" integer NOT NULL,
  "role_id" integer NOT NULL,
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer
) STRICT;
CREATE UNIQUE INDEX "user_roles_user_id_role_id_key" ON "user_roles" ("user_id", "role_id");
CREATE INDEX "user_roles_role_id_id_idx" ON "user_roles" ("role_id", "id");

CREATE TABLE "role_permissions" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "role_id" integer NOT NULL,
  "permission_id" integer NOT NULL,
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer
) STRICT;
CREATE UNIQUE INDEX "role_permissions_role_id_permission_id_key" ON "role_permissions" ("role_id", "permission_id");
CREATE INDEX "role_permissions_permission_id_id_idx" ON "role_permissions" ("permission_id", "id");

CREATE TABLE "sessions" (
  "id" text NOT NULL PRIMARY KEY,
  "user_id" integer NOT NULL,
  "impersonator_id" integer,
  "parent_id" text,
  "started_at" integer NOT NULL,
  "last_used_at" integer NOT NULL,
  "expires_at" integer NOT NULL,
  "refresh_id" text NOT NULL DEFAULT '',
  "former_refresh_id" text NOT NULL DEFAULT '',
  "rotated_at" integer,
  "address" text,
  "network" text,
  "client" text,
  "ended_at" integer,
  "end_reason" text
) STRICT;
CREATE INDEX "sessions_user_id_id_idx" ON "sessions" ("user_id", "id");
CREATE INDEX "sessions_parent_id_id_idx" ON "sessions" ("parent_id", "id");
CREATE INDEX "sessions_network_id_idx" ON "sessions" ("network", "id");

CREATE TABLE "api_keys" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "user_id" integer NOT NULL,
  "name" text NOT NULL,
  "hash" text NOT NULL DEFAULT '',
  "suffix" text NOT NULL,
  "scopes" text NOT NULL,
  "expires_at" integer,
  "revoked_at" integer,
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer
) STRICT;
CREATE UNIQUE INDEX "api_keys_hash_key" ON "api_keys" ("hash");
CREATE INDEX "api_keys_user_id_id_idx" ON "api_keys" ("user_id", "id");

CREATE TABLE "api_key_uses" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "key_id" integer NOT NULL,
  "address" text NOT NULL,
  "first_used_at" integer NOT NULL,
  "last_used_at" integer NOT NULL
) STRICT;
CREATE UNIQUE INDEX "api_key_uses_key_id_address_key" ON "api_key_uses" ("key_id", "address");

CREATE TABLE "password_resets" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "user_id" integer NOT NULL,
  "hash" text NOT NULL DEFAULT '',
  "expires_at" integer NOT NULL,
  "used_at" integer
) STRICT;
CREATE UNIQUE INDEX "password_resets_hash_key" ON "password_resets" ("hash");
CREATE INDEX "password_resets_user_id_id_idx" ON "password_resets" ("user_id", "id");

CREATE TABLE "throttle_buckets" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "bucket" text NOT NULL,
  "free_at" integer NOT NULL
) STRICT;
CREATE UNIQUE INDEX "throttle_buckets_bucket_key" ON "throttle_buckets" ("bucket");

CREATE TABLE "customers" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "name" text NOT NULL,
  "email" text NOT NULL,
  "region" text NOT NULL,
  "website" text,
  "vat_number" text,
  "deliver_from" text,
  "tags" text,
  "preferences" text,
  "credit_limit" text COLLATE decimal NOT NULL DEFAULT '5000',
  "owed" text COLLATE decimal NOT NULL DEFAULT '0',
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer
) STRICT;
CREATE UNIQUE INDEX "customers_email_key" ON "customers" ("email");
CREATE INDEX "customers_region_id_idx" ON "customers" ("region", "id");

CREATE TABLE "products" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "sku" text NOT NULL,
  "name" text NOT NULL,
  "price" text COLLATE decimal NOT NULL,
  "picture" blob,
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer
) STRICT;
CREATE UNIQUE INDEX "products_sku_key" ON "products" ("sku");

CREATE TABLE "categories" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "name" text NOT NULL,
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer
) STRICT;
CREATE UNIQUE INDEX "categories_name_key" ON "categories" ("name");

CREATE TABLE "product_categories" (
  "product_id" integer NOT NULL,
  "category_id" integer NOT NULL,
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer,
  PRIMARY KEY ("product_id", "category_id"),
  CONSTRAINT "product_categories_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "products" ("id"),
  CONSTRAINT "product_categories_category_id_fkey" FOREIGN KEY ("category_id") REFERENCES "categories" ("id")
) STRICT;
CREATE INDEX "product_categories_category_id_product_id_idx" ON "product_categories" ("category_id", "product_id");

CREATE TABLE "orders" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "customer_id" integer NOT NULL,
  "note" text,
  "status" text NOT NULL DEFAULT 'open',
  "total" text COLLATE decimal NOT NULL DEFAULT '0',
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer,
  CONSTRAINT "orders_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers" ("id")
) STRICT;
CREATE INDEX "orders_customer_id_id_idx" ON "orders" ("customer_id", "id");

CREATE TABLE "order_lines" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "order_id" integer NOT NULL,
  "product_id" integer NOT NULL,
  "quantity" integer NOT NULL,
  "unit_price" text COLLATE decimal NOT NULL DEFAULT '0',
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer,
  CONSTRAINT "order_lines_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders" ("id"),
  CONSTRAINT "order_lines_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "products" ("id")
) STRICT;
CREATE UNIQUE INDEX "order_lines_order_id_product_id_key" ON "order_lines" ("order_id", "product_id");
CREATE INDEX "order_lines_order_id_id_idx" ON "order_lines" ("order_id", "id");
CREATE INDEX "order_lines_product_id_id_idx" ON "order_lines" ("product_id", "id");

CREATE TABLE "invoices" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "order_id" integer NOT NULL,
  "customer_id" integer NOT NULL,
  "amount" text COLLATE decimal NOT NULL,
  "outstanding" text COLLATE decimal NOT NULL,
  "due" text NOT NULL,
  "status" text NOT NULL DEFAULT 'open',
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer,
  CONSTRAINT "invoices_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders" ("id"),
  CONSTRAINT "invoices_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers" ("id")
) STRICT;
CREATE UNIQUE INDEX "invoices_order_id_key" ON "invoices" ("order_id");
CREATE INDEX "invoices_customer_id_id_idx" ON "invoices" ("customer_id", "id");

CREATE TABLE "payments" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "invoice_id" integer NOT NULL,
  "amount" text COLLATE decimal NOT NULL,
  "reference" text NOT NULL,
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer,
  CONSTRAINT "payments_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoices" ("id")
) STRICT;
CREATE INDEX "payments_invoice_id_id_idx" ON "payments" ("invoice_id", "id");

CREATE TABLE "profiles" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "user_id" integer NOT NULL,
  "region" text,
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer
) STRICT;
CREATE UNIQUE INDEX "profiles_user_id_key" ON "profiles" ("user_id");

CREATE TABLE "kwik_idempotency" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "caller" text NOT NULL,
  "idempotency_key" text NOT NULL,
  "fingerprint" text NOT NULL,
  "created_at" integer NOT NULL,
  "status" integer NOT NULL DEFAULT 0,
  "content_type" text,
  "etag" text,
  "location" text,
  "body" text NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX "kwik_idempotency_caller_idempotency_key_key" ON "kwik_idempotency" ("caller", "idempotency_key");
CREATE INDEX "kwik_idempotency_created_at_id_idx" ON "kwik_idempotency" ("created_at", "id");

CREATE TABLE "kwik_deliveries" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "event_id" integer NOT NULL,
  "handler" text NOT NULL,
  "stream" text NOT NULL,
  "attempts" integer NOT NULL DEFAULT 0,
  "due_at" integer NOT NULL,
  "last_error" text,
  "version" integer NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX "kwik_deliveries_handler_stream_event_id_key" ON "kwik_deliveries" ("handler", "stream", "event_id");
CREATE INDEX "kwik_deliveries_due_at_id_idx" ON "kwik_deliveries" ("due_at", "id");

CREATE TABLE "kwik_events" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "at" integer NOT NULL,
  "name" text NOT NULL,
  "entity" text NOT NULL,
  "entity_key" text NOT NULL,
  "payload" text NOT NULL,
  "user_id" integer,
  "impersonator_id" integer,
  "request_id" text NOT NULL
) STRICT;
CREATE INDEX "kwik_events_at_id_idx" ON "kwik_events" ("at", "id");
CREATE INDEX "kwik_events_name_id_idx" ON "kwik_events" ("name", "id");
CREATE INDEX "kwik_events_entity_key_id_idx" ON "kwik_events" ("entity_key", "id");

CREATE TABLE "kwik_audit" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "at" integer NOT NULL,
  "entity" text NOT NULL,
  "entity_key" text NOT NULL,
  "action" text NOT NULL,
  "version" integer NOT NULL,
  "user_id" integer,
  "impersonator_id" integer,
  "tenant" text,
  "via" text NOT NULL,
  "request_id" text NOT NULL,
  "address" text,
  "before" text,
  "after" text
) STRICT;
CREATE INDEX "kwik_audit_entity_entity_key_id_idx" ON "kwik_audit" ("entity", "entity_key", "id");
CREATE TRIGGER IF NOT EXISTS "kwik_audit_no_update" BEFORE UPDATE ON "kwik_audit" BEGIN
  SELECT RAISE(ABORT, 'rows of kwik_audit are never changed or removed');
END;
CREATE TRIGGER IF NOT EXISTS "kwik_audit_no_delete" BEFORE DELETE ON "kwik_audit" BEGIN
  SELECT RAISE(ABORT, 'rows of kwik_audit are never changed or removed');
END;
CREATE TRIGGER IF NOT EXISTS "kwik_audit_no_replace" BEFORE INSERT ON "kwik_audit"
  WHEN EXISTS (SELECT 1 FROM "kwik_audit" WHERE rowid = NEW.rowid) BEGIN
  SELECT RAISE(ABORT, 'rows of kwik_audit are never changed or removed');
END;

CREATE VIEW "open_invoices" AS /* kwik:3a9ccb6ac2b77bad5c453c3f7c7c58ea */
SELECT i.id, i.order_id, i.outstanding, i.due, c.name AS customer, c.region FROM invoices i JOIN customers c ON c.id = i.customer_id WHERE i.status = 'open';
