-- 0001_initial on SQLite

CREATE TABLE "users" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "name" text NOT NULL,
  "surname" text NOT NULL,
  "email" text NOT NULL,
  "hashed_password" text NOT NULL DEFAULT '!',
  "is_active" integer NOT NULL DEFAULT 1,
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer
) STRICT;
CREATE UNIQUE INDEX "users_email_key" ON "users" ("email");

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

CREATE TABLE "profiles" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "user_id" integer NOT NULL,
  "department" text NOT NULL,
  "head" integer NOT NULL DEFAULT 0,
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer
) STRICT;
CREATE UNIQUE INDEX "profiles_user_id_key" ON "profiles" ("user_id");

CREATE TABLE "employees" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "name" text NOT NULL,
  "email" text NOT NULL,
  "department" text NOT NULL,
  "salary" text COLLATE decimal,
  "bonus" text COLLATE decimal NOT NULL DEFAULT '0',
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer
) STRICT;
CREATE UNIQUE INDEX "employees_email_key" ON "employees" ("email");
CREATE INDEX "employees_department_id_idx" ON "employees" ("department", "id");

CREATE TABLE "tickets" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "title" text NOT NULL,
  "department" text NOT NULL,
  "clerk_id" integer,
  "status" text NOT NULL DEFAULT 'open',
  "confidential" integer NOT NULL DEFAULT 0,
  "version" integer NOT NULL DEFAULT 1,
  "creation_time" integer NOT NULL,
  "creator_user_id" integer,
  "last_modification_time" integer,
  "last_modifier_user_id" integer
) STRICT;
CREATE INDEX "tickets_clerk_id_id_idx" ON "tickets" ("clerk_id", "id");

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
