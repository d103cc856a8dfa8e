//! Variables and the small database.

use super::Action;

pub(super) fn getvar(action: &mut Action<'_>) {
    let Some(name) = action.request.given("Variable") else {
        return action.error("No variable specified");
    };
    let pbx = &action.node.pbx;
    let value = if let Some(wanted) = action.request.text("Channel") {
        let Some(channel) = pbx.channel_named(&wanted) else {
            return action.error("No such channel");
        };
        match name {
            b"CALLERID(num)" => channel.caller.0.clone(),
            b"CALLERID(name)" => channel.caller.1.clone(),
            b"UNIQUEID" => channel.uniqueid.clone().into_bytes(),
            b"EXTEN" => channel.exten.clone().into_bytes(),
            _ => channel.variables.get(name).or_else(|| pbx.globals.get(name)).cloned().unwrap_or_default(),
        }
    } else if name == b"EPOCH" {
        action.fx.now.seconds().to_string().into_bytes()
    } else {
        pbx.globals.get(name).cloned().unwrap_or_default()
    };
    action.answer().put("Variable", name).put("Value", value).end();
}

pub(super) fn setvar(action: &mut Action<'_>) {
    let Some(name) = action.request.given("Variable") else {
        return action.error("No variable specified");
    };
    let value = action.request.header("Value").unwrap_or_default().to_vec();
    if let Some(wanted) = action.request.text("Channel") {
        let Some(channel) = action.node.pbx.channel_named_mut(&wanted) else {
            return action.error("No such channel");
        };
        channel.variables.insert(name.to_vec(), value);
    } else {
        action.node.pbx.globals.insert(name.to_vec(), value);
    }
    action.success("Variable Set");
}

/// The entry that Family and Key name.
fn entry(action: &mut Action<'_>) -> Option<String> {
    let Some(family) = action.request.text("Family") else {
        action.error("No family specified.");
        return None;
    };
    let Some(key) = action.request.text("Key") else {
        action.error("No key specified.");
        return None;
    };
    Some(format!("/{family}/{key}"))
}

pub(super) fn db_put(action: &mut Action<'_>) {
    let Some(entry) = entry(action) else { return };
    let value = action.request.header("Val").unwrap_or_default().to_vec();
    action.node.pbx.database.insert(entry, value);
    action.success("Updated database successfully");
}

pub(super) fn db_get(action: &mut Action<'_>) {
    let Some(entry) = entry(action) else { return };
    let Some(value) = action.node.pbx.database.get(&entry).cloned() else {
        return action.error("Database entry not found");
    };
    action.list_start("Result will follow");
    let request = action.request;
    action
        .item("DBGetResponse")
        .put("Family", request.header("Family").unwrap_or_default())
        .put("Key", request.header("Key").unwrap_or_default())
        .put("Val", value)
        .action_id(request.action_id())
        .end();
    action.list_end("DBGetComplete", 1);
}

pub(super) fn db_del(action: &mut Action<'_>) {
    let Some(entry) = entry(action) else { return };
    match action.node.pbx.database.remove(&entry) {
        Some(_) => action.success("Key deleted successfully"),
        None => action.error("Database entry could not be deleted"),
    }
}

fn below(action: &Action<'_>) -> String {
    let family = action.request.text("Family").map(|family| format!("/{family}")).unwrap_or_default();
    let key = action.request.text("Key").map(|key| format!("/{key}")).unwrap_or_default();
    format!("{family}{key}/")
}

pub(super) fn db_get_tree(action: &mut Action<'_>) {
    let below = below(action);
    let all = action.node.pbx.database.iter();
    let found: Vec<_> = all
        .filter(|(key, _)| format!("{key}/").starts_with(&below))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    action.list_start("Result will follow");
    let id = action.request.action_id();
    for (key, value) in &found {
        action.item("DBGetTreeResponse").put("Key", key).put("Val", value).action_id(id).end();
    }
    action.list_end("DBGetTreeComplete", found.len());
}

pub(super) fn db_del_tree(action: &mut Action<'_>) {
    if action.request.given("Family").is_none() {
        return action.error("No family specified.");
    }
    let below = below(action);
    let before = action.node.pbx.database.len();
    action.node.pbx.database.retain(|key, _| !format!("{key}/").starts_with(&below));
    if action.node.pbx.database.len() == before {
        action.error("Database entry not found");
    } else {
        action.success("Key tree deleted successfully");
    }
}
