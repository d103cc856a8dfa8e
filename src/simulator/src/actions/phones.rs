//! Actions about SIP phones and device states.

use super::Action;

fn device_state(reachable: bool, channels: usize) -> &'static str {
    match (reachable, channels) {
        (false, _) => "Unavailable",
        (true, 0) => "Not in use",
        (true, _) => "In use",
    }
}

pub(super) fn show_endpoints(action: &mut Action<'_>) {
    action.list_start("A listing of Endpoints follows, presented as EndpointList events");
    let id = action.request.action_id();
    let endpoints = action.node.pbx.endpoints.clone();
    for endpoint in &endpoints {
        let name = &endpoint.name;
        let channels = action.node.pbx.channels_of(&format!("PJSIP/{name}"));
        let contact = if endpoint.reachable { format!("{name}/sip:{name}@127.0.0.1:9,") } else { String::new() };
        action
            .item("EndpointList")
            .action_id(id)
            .put("ObjectType", "endpoint")
            .put("ObjectName", name)
            .put("Transport", "udp")
            .put("Aor", name)
            .put("Auths", name)
            .put("OutboundAuths", "")
            .put("Contacts", contact)
            .put("DeviceState", device_state(endpoint.reachable, channels))
            .show("ActiveChannels", channels)
            .end();
    }
    action.list_end("EndpointListComplete", endpoints.len());
}

/// The details of one phone, with its password in clear as real servers send it. Errors end in a line feed.
pub(super) fn show_endpoint(action: &mut Action<'_>) {
    let Some(name) = action.request.text("Endpoint") else {
        return action.error("PJSIPShowEndpoint requires an endpoint name\n");
    };
    let Some(endpoint) = action.node.pbx.endpoint(&name).cloned() else {
        return action.error(&format!("Unable to retrieve endpoint {name}\n"));
    };
    let channels = action.node.pbx.channels_of(&format!("PJSIP/{name}"));
    action.list_start("Following are Events for each object associated with the Endpoint");
    let id = action.request.action_id();
    let state = device_state(endpoint.reachable, channels);
    action
        .item("EndpointDetail")
        .action_id(id)
        .put("ObjectType", "endpoint")
        .put("ObjectName", &name)
        .put("Context", "default")
        .put("Aors", &name)
        .put("Auth", &name)
        .put("Transport", "udp")
        .put("DeviceState", state)
        .show("ActiveChannels", channels)
        .end();
    action
        .item("AorDetail")
        .action_id(id)
        .put("ObjectType", "aor")
        .put("ObjectName", &name)
        .put("MaxContacts", "1")
        .put("EndpointName", &name)
        .end();
    action
        .item("AuthDetail")
        .action_id(id)
        .put("ObjectType", "auth")
        .put("ObjectName", &name)
        .put("Username", &name)
        .put("Password", format!("pw{name}"))
        .put("AuthType", "userpass")
        .put("EndpointName", &name)
        .end();
    action
        .item("TransportDetail")
        .action_id(id)
        .put("ObjectType", "transport")
        .put("ObjectName", "udp")
        .put("Protocol", "udp")
        .put("EndpointName", &name)
        .end();
    action.list_end("EndpointDetailComplete", 4);
}

pub(super) fn device_state_list(action: &mut Action<'_>) {
    action.list_start("Device State Changes will follow");
    let pbx = &action.node.pbx;
    let phones = pbx.endpoints.iter().map(|endpoint| {
        let device = format!("PJSIP/{}", endpoint.name);
        let state = match (endpoint.reachable, pbx.channels_of(&device)) {
            (false, _) => "UNAVAILABLE",
            (true, 0) => "NOT_INUSE",
            (true, _) => "INUSE",
        };
        (device, state)
    });
    let queues = pbx.queues.iter().flat_map(|queue| {
        let available = if queue.free_member().is_some() { "NOT_INUSE" } else { "INUSE" };
        let members = queue.members.iter().map(|member| {
            let state = if member.paused { "INUSE" } else { "NOT_INUSE" };
            (format!("Queue:{}_pause_{}", queue.name, member.interface), state)
        });
        std::iter::once((format!("Queue:{}_avail", queue.name), available)).chain(members)
    });
    let states: Vec<(String, &str)> = phones.chain(queues).collect();
    let id = action.request.action_id();
    for (device, state) in &states {
        action.item("DeviceStateChange").action_id(id).put("Device", device).put("State", state).end();
    }
    action.list_end("DeviceStateListComplete", states.len());
}
