-- 0002_identity on SQLite

DROP INDEX "users_email_key";
ALTER TABLE "users" ADD COLUMN "login" text NOT NULL DEFAULT '';
UPDATE "users" SET "login" = lower(email);
ALTER TABLE "users" ADD COLUMN "must_change_password" integer NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX "users_login_key" ON "users" ("login");

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
