-- 0002_list_order on SQLite

DROP INDEX "user_roles_role_id_idx";
CREATE INDEX "user_roles_role_id_id_idx" ON "user_roles" ("role_id", "id");

DROP INDEX "role_permissions_permission_id_idx";
CREATE INDEX "role_permissions_permission_id_id_idx" ON "role_permissions" ("permission_id", "id");
