<?php

declare(strict_types=1);

/*
 * What each action does; where its parameters differ from parameters.php (another type, another meaning, another name of the
 * argument, or null for one that is no argument); their order, where the documented one is not what people expect; and defaults.
 */

return [
    'AGI' => ['Gives a channel that runs AsyncAGI its next command.', [
        'Command' => ['string', 'the AGI command'],
        'CommandID' => ['string', 'comes back in the events about the command'],
    ]],
    'AOCMessage' => ['Sends an advice of charge to a channel: what a call costs or has cost.', [
        'ChannelPrefix' => ['string', 'how the name of the channel begins, where `channel` is null: the first that matches'],
        'MsgType' => ['string', 'AOC-S, AOC-D or AOC-E: at the start, during or at the end of the call'],
        'ChargeType' => ['string', 'what AOC-D and AOC-E tell about'],
        'UnitAmount(0)' => ['indexed', 'how many units, one entry each, counted from 0', 'unitAmounts'],
        'UnitType(0)' => ['indexed', 'the types of these units, from 1 to 16', 'unitTypes'],
        'CurrencyName' => ['string', 'the currency, at most 10 bytes'],
        'CurrencyAmount' => ['int', 'how much, in units of the multiplier'],
        'CurrencyMultiplier' => ['string', 'what the amount is multiplied by'],
        'TotalType' => ['string', 'what an AOC-D adds up to'],
        'AOCBillingId' => ['string', 'why it is charged; AOC-D knows only the first three'],
        'ChargingAssociationId' => ['int', 'another call that this one is charged to'],
        'ChargingAssociationNumber' => ['string', 'the number that this call is charged to'],
        'ChargingAssociationPlan' => ['int', 'the type and plan of that number, as in Q.931'],
        'ChargedItem' => ['string', 'what AOC-S charges'],
        'RateType' => ['string', 'how AOC-S charges it'],
        'Time' => ['int', 'how many of `timeScale` a charge of AOC-S is for'],
        'TimeScale' => ['string', 'the unit of `time`'],
        'Granularity' => ['int', 'the step in which time is charged'],
        'GranularityTimeScale' => ['string', 'the unit of `granularity`'],
        'ChargingType' => ['string', 'whether time is charged in steps'],
        'VolumeUnit' => ['string', 'what is charged by volume'],
        'Code' => ['int', 'the special code of the rate'],
    ]],
    'AbsoluteTimeout' => ['Hangs a channel up when so many seconds have passed.', [
        'Timeout' => ['int|float', 'seconds from now, above 0'], // atof() in main/manager.c
    ]],
    'AgentLogoff' => ['Logs an agent of app_agent_pool off.'],
    'Agents' => ['Lists the agents of app_agent_pool.'],
    'Atxfer' => ['Begins an attended transfer, as if the channel had dialled the feature code and the extension.', [
        'Context' => ['string', 'where the extension is; what the channel has where it is null'],
    ]],
    'BlindTransfer' => ['Transfers the one that a channel talks to.', [
        'Context' => ['string', 'where the extension is; that of the channel where it is null'],
        'Exten' => ['string', 'where the other one goes'],
    ]],
    'Bridge' => ['Joins two channels that are up, wherever they are.', [
        'Channel1' => ['string', 'a channel'],
        'Channel2' => ['string', 'another channel'],
        'Tone' => ['string', 'who hears a tone when it is done'],
    ]],
    'BridgeDestroy' => ['Ends a bridge; its channels go on in the dialplan or are hung up.'],
    'BridgeInfo' => ['Tells what a bridge is and lists its channels.'],
    'BridgeKick' => ['Takes a channel out of its bridge.', [
        'BridgeUniqueid' => ['string', 'only if the channel is in this bridge'],
    ]],
    'BridgeList' => ['Lists bridges.'],
    'BridgeTechnologyList' => ['Lists the technologies that bridges are made with.'],
    'BridgeTechnologySuspend' => ['Makes no new bridges with a technology.'],
    'BridgeTechnologyUnsuspend' => ['Makes bridges with a technology again.'],
    'CancelAtxfer' => ['Cancels an attended transfer, as the channel that began it could.'],
    'Challenge' => ['Asks for a challenge to log in with. The client does so by itself.', [
        'AuthType' => ['string', 'the kind of challenge'],
    ]],
    'ChangeMonitor' => ['Records a channel to another file.'],
    'Command' => ['Runs a command of Asterisk\'s command line.', [
        'Command' => ['string', 'the command, such as `core show uptime`'],
    ]],
    'ConfbridgeKick' => ['Takes somebody out of a conference.', [
        'Channel' => ['string', 'the channel, or `all`, or `participants` for all but admins'],
    ]],
    'ConfbridgeList' => ['Lists who is in a conference.'],
    'ConfbridgeListRooms' => ['Lists the conferences.'],
    'ConfbridgeLock' => ['Locks a conference: only admins can enter.'],
    'ConfbridgeMute' => ['Mutes somebody in a conference.', [
        'Channel' => ['string', 'the channel, or `all`, or `participants` for all but admins'],
    ]],
    'ConfbridgeSetSingleVideoSrc' => ['Shows one participant to all of a conference.'],
    'ConfbridgeStartRecord' => ['Records a conference.', [
        'RecordFile' => ['string', 'the file; one named after the conference where it is null'],
    ]],
    'ConfbridgeStopRecord' => ['Stops recording a conference.'],
    'ConfbridgeUnlock' => ['Unlocks a conference.'],
    'ConfbridgeUnmute' => ['Lets somebody in a conference be heard again.', [
        'Channel' => ['string', 'the channel, or `all`, or `participants` for all but admins'],
    ]],
    'ControlPlayback' => ['Controls what the application ControlPlayback plays to a channel.', [
        'Control' => ['string', 'what to do'],
    ]],
    'CoreSettings' => ['Tells version, limits and settings of the server.'],
    'CoreShowChannelMap' => ['Lists the channels that a channel is connected with, through all bridges.'],
    'CoreShowChannels' => ['Lists all channels.'],
    'CoreStatus' => ['Tells when the server was started and reloaded, and how many calls it has.'],
    'CreateConfig' => ['Makes an empty configuration file.'],
    'DAHDIDNDoff' => ['Lets an analog DAHDI channel be disturbed again.'],
    'DAHDIDNDon' => ['Sets an analog DAHDI channel to "do not disturb".'],
    'DAHDIDialOffhook' => ['Dials on a DAHDI channel that is off hook.', [
        'Number' => ['string', 'the digits to dial'],
    ]],
    'DAHDIHangup' => ['Puts an analog DAHDI channel on hook.'],
    'DAHDIRestart' => ['Restarts all DAHDI channels, which ends their calls.'],
    'DAHDIShowChannels' => ['Lists DAHDI channels.', [
        'DAHDIChannel' => ['string|int', 'only this one; all of them where it is null or 0'],
    ]],
    'DAHDIShowStatus' => ['Lists DAHDI spans with their alarms.'],
    'DAHDITransfer' => ['Flashes the hook of an analog DAHDI channel, to transfer its call.'],
    'DBDel' => ['Deletes a key from Asterisk\'s database.'],
    'DBDelTree' => ['Deletes a family, or a part of it, from Asterisk\'s database.', [
        'Key' => ['string', 'only keys under this one'],
    ]],
    'DBGet' => ['Reads a key of Asterisk\'s database.'],
    'DBGetTree' => ['Lists what is in Asterisk\'s database.', [
        'Family' => ['string', 'only this family'],
        'Key' => ['string', 'only keys under this one'],
    ]],
    'DBPut' => ['Writes a key of Asterisk\'s database.', [
        'Val' => ['value', 'the value', 'value'],
    ]],
    'DeviceStateList' => ['Lists the states of all devices.'],
    'DialplanExtensionAdd' => ['Adds a priority of an extension to the dialplan, until the dialplan is reloaded.', [
        'Extension' => ['string', 'the extension, with `/` and a caller id where only that may match'],
        'Priority' => ['string|int', 'a number, or `hint`'],
    ]],
    'DialplanExtensionRemove' => ['Removes an extension, or one priority of it, from the dialplan.', [
        'Extension' => ['string', 'the extension, with `/` and a caller id where it has one'],
        'Priority' => ['string|int', 'a number, or `hint`; all of them where it is null'],
    ]],
    'Events' => ['Chooses the events that this session gets. The client does so at login, by `events` of the server.', [
        'EventMask' => ['mask', 'all, none, or classes such as `call` and `agent`'],
    ]],
    'ExtensionState' => ['Tells the state of an extension that has a hint.'],
    'ExtensionStateList' => ['Lists the states of all extensions that have hints.'],
    'FAXSession' => ['Tells about a fax session.'],
    'FAXSessions' => ['Lists the fax sessions.'],
    'FAXStats' => ['Tells how many faxes there were.'],
    'Filter' => ['Adds a filter of events to this session, until it ends.', [
        'Operation' => ['string', 'what to do; only `Add` is there'],
        'MatchCriteria' => ['open', 'what the filter looks at, such as `name(Newchannel),header(Channel),startsWith`'],
        'Filter' => ['string', 'what has to match: a regular expression of the whole event where nothing else is said'],
    ], ['Filter', 'MatchCriteria', 'Operation'], ['Operation' => 'Add']],
    'GetConfig' => ['Reads a configuration file, as numbered headers.', [
        'Filter' => ['string', 'only categories whose variables match: `name_regex=value_regex`, several by commas'],
    ]],
    'GetConfigJSON' => ['Reads a configuration file, as JSON.', [
        'Filter' => ['string', 'only categories whose variables match: `name_regex=value_regex`, several by commas'],
    ]],
    'Getvar' => ['Reads a variable or a function, of a channel or a global one.', [
        'Variable' => ['string', 'the variable, or a function such as `CALLERID(num)`', 'variable'],
        'Channel' => ['string', 'whose variable; a global one where it is null'],
    ]],
    'Hangup' => ['Hangs a channel up, or all whose names match `/a regular expression/`.', [
        'Channel' => ['string', 'the name of the channel, or a regular expression between slashes'],
    ]],
    'IAXnetstats' => ['Tells how well IAX2 channels are heard, as text.'],
    'IAXpeerlist' => ['Lists IAX2 peers.'],
    'IAXpeers' => ['Lists IAX2 peers.'],
    'IAXregistry' => ['Lists where this server is registered by IAX2.'],
    'JabberSend' => ['Sends a message by XMPP. Asterisk answers twice; the first answer, which says that it will try, counts.', [
        'Jabber' => ['string', 'the client in xmpp.conf that sends it'],
        'JID' => ['string', 'who gets it', 'jid'],
    ]],
    'ListCategories' => ['Lists the categories of a configuration file.', [
        'Match' => ['string', 'only categories whose variables match: `name_regex=value_regex`, several by commas'],
    ]],
    'ListCommands' => ['Lists the actions that this user may send.'],
    'LocalOptimizeAway' => ['Lets a Local channel be optimized away, though it was made with `/n`.', [
        'Channel' => ['string', 'the name of the Local channel'],
    ]],
    'LoggerRotate' => ['Closes the log files, and begins new ones.'],
    'Login' => ['Logs in. The client does so by itself.', [
        'Username' => ['string', 'the user in manager.conf'],
        'AuthType' => ['string', 'how'],
        'Secret' => ['secret', 'the secret, for a plain login'],
        'Key' => ['secret', 'the answer to the challenge, for `MD5`'],
        'Events' => ['mask', 'all, none, or classes such as `call` and `agent`'],
    ]],
    'Logoff' => ['Ends the session. AmiClient::close() does so, and does not connect again.'],
    'MWIDelete' => ['Deletes what an external voicemail said about mailboxes.', [
        'Mailbox' => ['string', 'the mailbox, or a regular expression between slashes'],
    ]],
    'MWIGet' => ['Lists what an external voicemail said about mailboxes.', [
        'Mailbox' => ['string', 'the mailbox, or a regular expression between slashes'],
    ]],
    'MWIUpdate' => ['Says how many messages an external voicemail has in a mailbox.'],
    'MailboxCount' => ['Counts the messages of a mailbox.'],
    'MailboxStatus' => ['Tells whether a mailbox has messages.'],
    'MeetmeList' => ['Lists who is in conferences of MeetMe.', [
        'Conference' => ['string', 'only this conference'],
    ]],
    'MeetmeListRooms' => ['Lists the conferences of MeetMe.'],
    'MeetmeMute' => ['Mutes somebody in a conference of MeetMe.'],
    'MeetmeUnmute' => ['Lets somebody in a conference of MeetMe be heard again.'],
    'MessageSend' => ['Sends a text message outside of any call.', [
        'Destination' => ['string', 'where it goes, such as `pjsip:alice`'],
        'To' => ['string', 'the `To` of the message; where it goes, where `destination` is null'],
        'From' => ['string', 'the `From` of the message'],
        'Variable' => ['variables', 'variables of the message by name, which some technologies send as headers'],
    ]],
    'MixMonitor' => ['Records a call.', [
        'File' => ['string', 'the file; one named after the channel where it is null'],
        'Options' => ['string', 'options of the application MixMonitor'],
        'Command' => ['string', 'what the server\'s shell runs when the recording is over; nothing that callers choose may be in it'],
    ]],
    'MixMonitorMute' => ['Mutes a recording, or ends that.', [
        'Direction' => ['string', '`read` for what comes from the channel, `write` for what goes to it, or `both`'],
        'State' => ['on', 'whether it is muted'],
    ]],
    'ModuleCheck' => ['Tells whether a module is loaded.', [
        'Module' => ['string', 'the module without `.so`, such as `res_pjsip`'],
    ]],
    'ModuleLoad' => ['Loads, unloads, reloads or refreshes a module.', [
        // The documented values are what reloads besides modules, no closed set.
        'Module' => ['open', 'the module, such as `res_pjsip.so`; null reloads all of them'],
        'LoadType' => ['string', 'what to do'],
    ]],
    'Monitor' => ['Records a channel, each direction to a file of its own.', [
        'File' => ['string', 'the file; one named after the channel where it is null'],
        'Format' => ['string', 'the format of the audio; `wav` where it is null'],
    ]],
    'MuteAudio' => ['Mutes a channel, or ends that.', [
        'Direction' => ['string', '`in` for what comes from the channel, `out` for what goes to it'],
        'State' => ['on', 'whether it is muted'],
    ]],
    'Originate' => ['Calls a channel and connects it with an extension of the dialplan or with an application.', [
        'Channel' => ['string', 'who is called, such as `PJSIP/alice`'],
        'Exten' => ['string', 'the extension that it is connected with; needs `context` and `priority`'],
        'Context' => ['string', 'where the extension is'],
        'Application' => ['string', 'the application that it is connected with, instead of an extension'],
        'Timeout' => ['milliseconds', 'how long it rings, in milliseconds; 30,000 where it is null'],
        'CallerID' => ['string', 'the caller id as `"Name" <number>`; toExtension() and toApplication() put it together'],
        'Variable' => ['variables', 'variables of the new channel by name; `__` before a name hands it on to channels that this one calls'],
        'ChannelId' => ['string', 'the unique id that the new channel gets'],
        'OtherChannelId' => ['string', 'the unique id that the other half of a Local channel gets'],
    ], null, ['Async' => true]],
    'PJSIPHangup' => ['Refuses a PJSIP call that came in and was not answered, with a status of SIP.', [
        'Channel' => ['string', 'the name of the channel, or a regular expression between slashes'],
        'Cause' => ['string|int', 'the status, such as 486, or its name'],
    ]],
    'PJSIPNotify' => ['Sends a NOTIFY to an endpoint, to a URI or within a call: name one of the three.', [
        'URI' => ['string', 'the URI'],
        'channel' => ['string', 'the name of the channel whose call it is'],
        'Option' => ['string', 'a section of pjsip_notify.conf; either this or variables'],
        'Variable' => ['variables', 'headers of the NOTIFY by name; `Content` is a line of its body'],
    ], ['Endpoint', 'Option', 'Variable', 'URI', 'channel']],
    'PJSIPQualify' => ['Asks an endpoint whether it is there, by OPTIONS.'],
    'PJSIPRegister' => ['Registers this server somewhere, now.'],
    'PJSIPSetMaintenance' => ['Sets an endpoint to maintenance: calls that it has go on, new ones are refused. Or ends that.', [
        'Endpoint' => ['string', 'the name of the endpoint, or `all`'],
        'State' => ['on', 'whether it is in maintenance'],
    ]],
    'PJSIPShowAors' => ['Lists the addresses of record of PJSIP.'],
    'PJSIPShowAuths' => ['Lists the authentications of PJSIP. Passwords are in the answer, in clear.'],
    'PJSIPShowContacts' => ['Lists the contacts of PJSIP. Where there is none, that is an error.'],
    'PJSIPShowEndpoint' => ['Tells everything about an endpoint of PJSIP. Passwords are in the answer, in clear.'],
    'PJSIPShowEndpoints' => ['Lists the endpoints of PJSIP.'],
    'PJSIPShowMaintenance' => ['Lists the endpoints that are in maintenance.', [
        'Endpoint' => ['string', 'only this endpoint'],
    ]],
    'PJSIPShowRegistrationInboundContactStatuses' => ['Lists the states of contacts that registered here.'],
    'PJSIPShowRegistrationsInbound' => ['Lists who may register here.'],
    'PJSIPShowRegistrationsOutbound' => ['Lists where this server registers.'],
    'PJSIPShowResourceLists' => ['Lists the resource lists of PJSIP.'],
    'PJSIPShowSubscriptionsInbound' => ['Lists who is subscribed here.'],
    'PJSIPShowSubscriptionsOutbound' => ['Lists what this server is subscribed to.'],
    'PJSIPUnregister' => ['Ends a registration of this server somewhere.'],
    'PRIDebugFileSet' => ['Writes what PRI spans log to a file.', [
        'File' => ['string', 'the file'],
    ]],
    'PRIDebugFileUnset' => ['Stops writing what PRI spans log to a file.'],
    'PRIDebugSet' => ['Chooses how much a PRI span logs.'],
    'PRIShowSpans' => ['Lists PRI spans.', [
        'Span' => ['int', 'only this span; all of them where it is null or 0'],
    ]],
    'Park' => ['Parks a channel.', [
        'TimeoutChannel' => ['string', 'who is called back when nobody takes the call'],
        'Timeout' => ['milliseconds', 'how long until then, in milliseconds; 0 for ever, null as the lot says'],
    ]],
    'ParkedCalls' => ['Lists parked calls.'],
    'Parkinglots' => ['Lists the parking lots.'],
    'PauseMonitor' => ['Pauses the recording of a channel.'],
    'Ping' => ['Asks whether the server answers. The client does so by itself.'],
    'PlayDTMF' => ['Plays a DTMF digit to a channel.'],
    'PlayMF' => ['Plays an MF digit to a channel.'],
    'PresenceState' => ['Tells the state of a presence.', [
        'Provider' => ['string', 'the presence, such as `CustomPresence:alice`'],
    ]],
    'PresenceStateList' => ['Lists the states of all presences.'],
    'QueueAdd' => ['Adds a member to a queue.'],
    'QueueChangePriorityCaller' => ['Changes the priority of a caller in a queue.', [
        'Priority' => ['int', 'the priority: callers with higher ones are served first'],
    ]],
    'QueueLog' => ['Writes a line to the log of queues.', [
        'Event' => ['string', 'the event, such as `CUSTOM`'],
        'Message' => ['string', 'the rest of the line'],
    ]],
    'QueueMemberRingInUse' => ['Chooses whether a member is called while in a call.', [
        'Queue' => ['string', 'only in this queue; in all of the member\'s where it is null'],
    ]],
    'QueuePause' => ['Pauses a member, or ends that.', [
        'Queue' => ['string', 'only in this queue; in all of the member\'s where it is null'],
    ]],
    'QueuePenalty' => ['Sets the penalty of a member.', [
        'Queue' => ['string', 'only in this queue; in all of the member\'s where it is null'],
    ]],
    'QueueReload' => ['Reloads queues: everything about them, or only what is asked for.', [
        'Queue' => ['string', 'only this queue'],
    ]],
    'QueueRemove' => ['Removes a member from a queue.'],
    'QueueReset' => ['Sets the figures of queues to zero.', [
        'Queue' => ['string', 'only this queue'],
    ]],
    'QueueRule' => ['Tells the rules by which penalties change, as repeated headers of the response.', [
        'Rule' => ['string', 'only this rule'],
    ]],
    'QueueStatus' => ['Lists queues with their figures, members and callers.', [
        'Queue' => ['string', 'only this queue'],
    ]],
    'QueueSummary' => ['Lists queues with how many members and callers they have.', [
        'Queue' => ['string', 'only this queue'],
    ]],
    'QueueWithdrawCaller' => ['Takes a caller out of a queue, back to the dialplan.', [
        'WithdrawInfo' => ['string', 'what the dialplan finds in the variable `QUEUE_WITHDRAW_INFO`'],
    ]],
    'Redirect' => ['Sends a channel, or two that are connected, elsewhere in the dialplan.', [
        'ExtraChannel' => ['string', 'the other channel'],
        'ExtraExten' => ['string', 'its extension, where it is to go elsewhere'],
        'ExtraContext' => ['string', 'its context'],
        'ExtraPriority' => ['string|int', 'its priority'],
    ], ['Channel', 'Context', 'Exten', 'Priority', 'ExtraChannel', 'ExtraContext', 'ExtraExten', 'ExtraPriority']],
    'Reload' => ['Reloads the configuration of a module, or of all.', [
        'Module' => ['string', 'the module; all of them where it is null'],
    ]],
    'SIPnotify' => ['Sends a NOTIFY by chan_sip.', [
        'Channel' => ['string', 'the peer, such as `SIP/alice`'],
        'Variable' => ['variables', 'headers of the NOTIFY by name; `Content` is a line of its body'],
        'Call-ID' => ['string', 'the call within which it is sent'],
    ]],
    'SIPpeers' => ['Lists the peers of chan_sip.'],
    'SIPpeerstatus' => ['Lists the states of peers of chan_sip.', [
        'Peer' => ['string', 'only this peer'],
    ]],
    'SIPqualifypeer' => ['Asks a peer of chan_sip whether it is there.'],
    'SIPshowpeer' => ['Tells everything about a peer of chan_sip.'],
    'SIPshowregistry' => ['Lists where chan_sip registers this server.'],
    'SKINNYdevices' => ['Lists the devices of chan_skinny.'],
    'SKINNYlines' => ['Lists the lines of chan_skinny.'],
    'SKINNYshowdevice' => ['Tells about a device of chan_skinny.', [
        'Device' => ['string', 'the name of the device'],
    ]],
    'SKINNYshowline' => ['Tells about a line of chan_skinny.', [
        'Line' => ['string', 'the name of the line'],
    ]],
    'SendFlash' => ['Flashes the hook of a channel.'],
    'SendText' => ['Sends a text message within a call.'],
    'Setvar' => ['Sets a variable or a function, of a channel or a global one.', [
        'Variable' => ['string', 'the variable, or a function such as `CALLERID(num)`', 'variable'],
        'Value' => ['value', 'the value'],
        'Channel' => ['string', 'whose variable; a global one where it is null'],
    ]],
    'ShowDialPlan' => ['Lists the dialplan. A big one has more priorities than a list may have items: name a context.', [
        'Extension' => ['string', 'only this extension'],
        'Context' => ['string', 'only this context'],
    ], ['Context', 'Extension']],
    'SorceryMemoryCacheExpire' => ['Empties a cache of configuration objects.'],
    'SorceryMemoryCacheExpireObject' => ['Takes an object out of a cache of configuration objects.'],
    'SorceryMemoryCachePopulate' => ['Empties a cache of configuration objects, and fills it anew.'],
    'SorceryMemoryCacheStale' => ['Says that a cache of configuration objects is out of date.'],
    'SorceryMemoryCacheStaleObject' => ['Says that an object in a cache of configuration objects is out of date.', [
        'Reload' => ['bool', 'whether it is read anew at once'],
    ]],
    'Status' => ['Lists channels with what they do.', [
        'Channel' => ['string', 'only this channel'],
        'Variables' => ['names', 'variables to tell of each channel', 'variables'],
        'AllVariables' => ['bool', 'whether to tell all variables of each channel'],
    ]],
    'StopMixMonitor' => ['Stops recording a call.'],
    'StopMonitor' => ['Stops recording a channel.'],
    'UnpauseMonitor' => ['Goes on with the recording of a channel.'],
    'UpdateConfig' => ['Changes a configuration file.', [
        'SrcFilename' => ['string', 'the file that is read', 'source'],
        'DstFilename' => ['string', 'the file that is written, which may be the same', 'destination'],
        'Action-000000' => ['changes', 'the changes, in order', 'changes'],
        'Cat-000000' => null,
        'Var-000000' => null,
        'Value-000000' => null,
        'Match-000000' => null,
        'Line-000000' => null,
        'Options-000000' => null,
        'Reload' => ['bool|string', 'whether everything is reloaded, or the name of a module that is'],
        'PreserveEffectiveContext' => ['bool', 'whether what a category had from a template stays, when the template changes'],
    ], ['SrcFilename', 'DstFilename', 'Action-000000', 'Reload', 'PreserveEffectiveContext']],
    'UserEvent' => ['Sends an event of your own to all sessions.', [
        'UserEvent' => ['string', 'the name, which is in the header `UserEvent` of the event', 'event'],
        'Header1' => ['headers', 'further headers of the event', 'headers'],
        'HeaderN' => null,
    ]],
    'VoicemailBoxSummary' => ['Lists the messages of a mailbox.', ['Context' => ['string', 'the context of voicemail'], 'Mailbox' => ['string', 'the mailbox without its context']]],
    'VoicemailForward' => ['Copies a message to another mailbox.', [
        'Context' => ['string', 'the context of voicemail'],
        'Mailbox' => ['string', 'the mailbox without its context'],
        'ToContext' => ['string', 'the context of the other mailbox'],
        'ToMailbox' => ['string', 'the other mailbox'],
        'ToFolder' => ['string', 'the folder there'],
    ]],
    'VoicemailMove' => ['Moves a message to another folder of its mailbox.', [
        'Context' => ['string', 'the context of voicemail'],
        'Mailbox' => ['string', 'the mailbox without its context'],
        'ToFolder' => ['string', 'the other folder'],
    ]],
    'VoicemailRefresh' => ['Makes the server look into mailboxes whose messages were changed from outside.', [
        'Context' => ['string', 'only mailboxes of this context'],
        'Mailbox' => ['string', 'only this mailbox'],
    ]],
    'VoicemailRemove' => ['Deletes a message.', ['Context' => ['string', 'the context of voicemail'], 'Mailbox' => ['string', 'the mailbox without its context']]],
    'VoicemailUserStatus' => ['Tells everything about a mailbox.', ['Context' => ['string', 'the context of voicemail'], 'Mailbox' => ['string', 'the mailbox without its context']]],
    'VoicemailUsersList' => ['Lists the mailboxes with their settings.'],
    'WaitEvent' => ['Waits for an event. Meant for AMI over HTTP: on this connection events come anyway, and it blocks the session.', [
        'Timeout' => ['seconds', 'seconds; -1 for ever'],
    ]],
];
