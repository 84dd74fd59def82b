//! The statements. All give the nine columns of a customer, in the order of the table, after one of their own.
//!
//! Parameters of a write: $1 the key or the first value … as each says; the last four are always subject,
//! impersonator, request id and address.

/// One customer; the first column is its version, as in the writes.
pub(super) const READ: &str = "\
SELECT version, id, name, email, credit_limit, version, creation_time, creator_user_id, last_modification_time, last_modifier_user_id
FROM customers WHERE id = $1";

/// A page of $1 rows after $2 with the total in each row; a page without rows is one row of nulls with the total.
pub(super) const LIST: &str = "\
SELECT c.total, p.id, p.name, p.email, p.credit_limit, p.version, p.creation_time, p.creator_user_id, p.last_modification_time, p.last_modifier_user_id
FROM (SELECT count(*) AS total FROM customers) c
LEFT JOIN (SELECT * FROM customers ORDER BY id LIMIT $1 OFFSET $2) p ON true
ORDER BY p.id";

/// $1 name, $2 email, $3 credit limit, $4 subject, $5 impersonator, $6 request id, $7 address.
pub(super) const CREATE: &str = "\
WITH new AS (
    INSERT INTO customers (name, email, credit_limit, creation_time, creator_user_id)
    VALUES ($1, $2, $3, now(), $4) RETURNING *
), noted AS (
    INSERT INTO audit (at, entity, entity_key, action, version, subject, impersonator, via, request_id, address, before, after)
    SELECT now(), 'customers', new.id::text, 'create', new.version, $4, $5, 'http', $6, $7, NULL, to_jsonb(new) FROM new
)
SELECT version, id, name, email, credit_limit, version, creation_time, creator_user_id, last_modification_time, last_modifier_user_id FROM new";

/// $1 id, $2 name, $3 email, $4 credit limit, $5 wanted version, $6 subject, $7 impersonator, $8 request id, $9 address.
///
/// The optimistic form: the image before is the row that was replaced, since the update takes only the version that
/// `old` saw. No row: not found. The first column is the version that `old` saw; the others are null if the version
/// is not the wanted one or another writer was faster.
pub(super) const UPDATE: &str = "\
WITH old AS (
    SELECT * FROM customers WHERE id = $1
), new AS (
    UPDATE customers t SET
        name = coalesce($2, t.name), email = coalesce($3, t.email), credit_limit = coalesce($4, t.credit_limit),
        version = t.version + 1, last_modification_time = now(), last_modifier_user_id = $6
    FROM old WHERE t.id = $1 AND t.version = old.version AND ($5::bigint IS NULL OR old.version = $5)
    RETURNING t.*
), noted AS (
    INSERT INTO audit (at, entity, entity_key, action, version, subject, impersonator, via, request_id, address, before, after)
    SELECT now(), 'customers', new.id::text, 'update', new.version, $6, $7, 'http', $8, $9, to_jsonb(old), to_jsonb(new) FROM old, new
)
SELECT old.version, new.id, new.name, new.email, new.credit_limit, new.version, new.creation_time, new.creator_user_id, new.last_modification_time, new.last_modifier_user_id
FROM old LEFT JOIN new ON true";

/// The same for a row that others write too: it is locked first, so nobody can be faster, and `old` is the newest.
/// Without the comparison with `old`, since the update first looks at the row as it was before the lock.
pub(super) const UPDATE_LOCKED: &str = "\
WITH old AS (
    SELECT * FROM customers WHERE id = $1 FOR NO KEY UPDATE
), new AS (
    UPDATE customers t SET
        name = coalesce($2, t.name), email = coalesce($3, t.email), credit_limit = coalesce($4, t.credit_limit),
        version = t.version + 1, last_modification_time = now(), last_modifier_user_id = $6
    FROM old WHERE t.id = old.id AND ($5::bigint IS NULL OR old.version = $5)
    RETURNING t.*
), noted AS (
    INSERT INTO audit (at, entity, entity_key, action, version, subject, impersonator, via, request_id, address, before, after)
    SELECT now(), 'customers', new.id::text, 'update', new.version, $6, $7, 'http', $8, $9, to_jsonb(old), to_jsonb(new) FROM old, new
)
SELECT old.version, new.id, new.name, new.email, new.credit_limit, new.version, new.creation_time, new.creator_user_id, new.last_modification_time, new.last_modifier_user_id
FROM old LEFT JOIN new ON true";

/// $1 id, $2 wanted version, $3 subject, $4 impersonator, $5 request id, $6 address.
///
/// The image before is what the delete itself gives; `old` only tells a missing row from a wrong version.
pub(super) const DELETE: &str = "\
WITH old AS (
    SELECT version FROM customers WHERE id = $1
), gone AS (
    DELETE FROM customers t WHERE t.id = $1 AND ($2::bigint IS NULL OR t.version = $2) RETURNING t.*
), noted AS (
    INSERT INTO audit (at, entity, entity_key, action, version, subject, impersonator, via, request_id, address, before, after)
    SELECT now(), 'customers', gone.id::text, 'delete', gone.version, $3, $4, 'http', $5, $6, to_jsonb(gone), NULL FROM gone
)
SELECT old.version, gone.id, gone.name, gone.email, gone.credit_limit, gone.version, gone.creation_time, gone.creator_user_id, gone.last_modification_time, gone.last_modifier_user_id
FROM old LEFT JOIN gone ON true";
