//! `/users/me/sessions` and `/users/{user_id}/sessions`: where users are signed in.

use kwik_api::{Access, Operation, Registrar, http::json_response, resource::schema};
use kwik_domain::{Action, Ctx, Entity, FieldSet, Stored, Via, access::UserSession, json};
use kwik_identity::{Identity, Sessions};
use poem::{Response, http::Method};
use serde_json::{Value, json as document};
use std::sync::Arc;

/// Adds the operations of sessions.
pub(crate) fn register_sessions(registrar: &mut Registrar, identity: &Identity) {
    let sessions = &Arc::new(identity.sessions.clone());
    for operation in [list_own(sessions), end_all_own(sessions), end_own(sessions)] {
        registrar.operation(operation);
    }
    for operation in [list(sessions), end_all(sessions), end_one(sessions)] {
        registrar.operation(operation);
    }
}

fn list_own(sessions: &Arc<Sessions>) -> Operation {
    let id = (Method::GET, "/users/me/sessions", "listMySessions");
    let operation = Operation::new(id, Access::Account, sessions, async |sessions, call| {
        call.no_query()?;
        let ctx = call.ctx()?;
        Ok(listed(ctx, &sessions.list_own(ctx).await?))
    });
    operation
        .summary("Where one is signed in")
        .description("One's own sessions that have not ended, the newest first; 1000 at the most. In person alone.")
        .answers(200, "The sessions.", &list_schema())
}

fn end_all_own(sessions: &Arc<Sessions>) -> Operation {
    let id = (Method::DELETE, "/users/me/sessions", "endMySessions");
    let operation = Operation::new(id, Access::Account, sessions, async |sessions, call| {
        call.no_query()?;
        Ok(ended(sessions.end_all_own(call.ctx()?).await?))
    });
    operation
        .summary("Sign out everywhere")
        .description("Ends all of one's own sessions, this one too. In person alone.")
        .answers(200, "They have ended.", &ended_schema())
}

fn end_own(sessions: &Arc<Sessions>) -> Operation {
    let id = (Method::DELETE, "/users/me/sessions/{session_id}", "endMySession");
    let operation = Operation::new(id, Access::Account, sessions, async |sessions, call| {
        let session_id = call.path(0, "session_id")?;
        call.no_query()?;
        let ctx = call.ctx()?;
        Ok(one(ctx, &sessions.end_own(ctx, session_id).await?))
    });
    operation.summary("End one of one's own sessions").description("In person alone.").answers(
        200,
        "The session, which has ended.",
        &session_schema(),
    )
}

fn list(sessions: &Arc<Sessions>) -> Operation {
    let id = (Method::GET, "/users/{user_id}/sessions", "listUserSessions");
    let access = Access::Entity(Action::Read, UserSession::META);
    let operation = Operation::new(id, access, sessions, async |sessions, call| {
        let user_id = call.path(0, "user_id")?;
        call.no_query()?;
        let ctx = call.ctx()?;
        Ok(listed(ctx, &sessions.list(ctx, user_id).await?))
    });
    operation
        .summary("Where a user is signed in")
        .description("The user's sessions that have not ended, the newest first; 1000 at the most.")
        .answers(200, "The sessions.", &list_schema())
}

fn end_all(sessions: &Arc<Sessions>) -> Operation {
    let id = (Method::DELETE, "/users/{user_id}/sessions", "endUserSessions");
    let access = Access::Entity(Action::Delete, UserSession::META);
    let operation = Operation::new(id, access, sessions, async |sessions, call| {
        let user_id = call.path(0, "user_id")?;
        call.no_query()?;
        Ok(ended(sessions.end_all(call.ctx()?, user_id).await?))
    });
    operation.summary("Sign a user out everywhere").answers(200, "They have ended.", &ended_schema())
}

fn end_one(sessions: &Arc<Sessions>) -> Operation {
    let id = (Method::DELETE, "/users/{user_id}/sessions/{session_id}", "endUserSession");
    let access = Access::Entity(Action::Delete, UserSession::META);
    let operation = Operation::new(id, access, sessions, async |sessions, call| {
        let (user_id, session_id) = (call.path(0, "user_id")?, call.path(1, "session_id")?);
        call.no_query()?;
        let ctx = call.ctx()?;
        Ok(one(ctx, &sessions.end_of(ctx, user_id, session_id).await?))
    });
    operation.summary("End one of a user's sessions").answers(200, "The session, which has ended.", &session_schema())
}

/// What is shown of a session.
fn shown() -> FieldSet {
    let hidden = ["user_id", "parent_id", "refresh_id", "rotated_at", "ended_at", "end_reason"];
    UserSession::META.own_fields().filter(|(_, field)| !hidden.contains(&field.name)).map(|(index, _)| index).collect()
}

fn write(out: &mut Vec<u8>, ctx: &Ctx, session: &Stored<UserSession>) {
    json::write_entity(out, UserSession::META, session, shown().intersection(session.visible));
    // The object is opened again for one member more.
    out.pop();
    let is_current = matches!(&ctx.actor.via, Via::Session(id) if **id == *session.id.to_string());
    out.extend_from_slice(if is_current { b",\"current\":true}" } else { b",\"current\":false}" });
}

fn one(ctx: &Ctx, session: &Stored<UserSession>) -> Response {
    let mut body = Vec::with_capacity(256);
    write(&mut body, ctx, session);
    json_response(body)
}

fn listed(ctx: &Ctx, sessions: &[Stored<UserSession>]) -> Response {
    let mut body = vec![b'['];
    for (n, session) in sessions.iter().enumerate() {
        if n > 0 {
            body.push(b',');
        }
        write(&mut body, ctx, session);
    }
    body.push(b']');
    json_response(body)
}

fn ended(count: u64) -> Response {
    json_response(document!({ "ended": count }).to_string())
}

fn session_schema() -> Value {
    let mut out = schema::read(UserSession::META, FieldSet::NONE);
    let is_shown = |name: &str| UserSession::META.index_of(name).is_some_and(|index| shown().contains(index));
    if let Some(required) = out["required"].as_array_mut() {
        required.retain(|name| name.as_str().is_some_and(is_shown));
        required.push(document!("current"));
    }
    for part in ["properties", "example"] {
        if let Some(map) = out[part].as_object_mut() {
            map.retain(|name, _| is_shown(name));
        }
    }
    out["properties"]["current"] =
        document!({ "type": "boolean", "description": "Whether it is the one in which this is asked." });
    out["example"]["current"] = document!(true);
    schema::named("Session", out)
}

fn list_schema() -> Value {
    let session = session_schema();
    document!({ "type": "array", "items": session, "example": [session["example"]] })
}

fn ended_schema() -> Value {
    let schema = document!({
        "type": "object",
        "description": "How many sessions have ended.",
        "required": ["ended"],
        "properties": { "ended": { "type": "integer", "format": "int64", "description": "How many have ended." } },
        "example": { "ended": 2 },
    });
    schema::named("EndedSessions", schema)
}
