<?php

declare(strict_types=1);

// What the documentation lacks about events, from Asterisk's source.

return [
    // The name that the server sends, where the documentation writes another.
    'names' => [
        'NewExten' => 'Newexten', // main/manager_channels.c; seen on 16 and 22
    ],
    // Documented as EVENT_FLAG_CLASS, which is a placeholder, or wrongly.
    'classes' => [
        'ChannelTalkingStart' => 'call', // main/stasis_channels.c
        'ChannelTalkingStop' => 'call', // main/stasis_channels.c
        'CEL' => 'call', // cel/cel_manager.c; 16 documents EVENT_FLAG_CEL and sends the same
    ],
    // Sent, but not documented.
    'undocumented' => [
        'CCAvailable' => 'cc', // main/stasis_system.c, as those that follow
        'CCCallerRecalling' => 'cc',
        'CCCallerStartMonitoring' => 'cc',
        'CCCallerStopMonitoring' => 'cc',
        'CCFailure' => 'cc',
        'CCMonitorFailed' => 'cc',
        'CCOfferTimerStart' => 'cc',
        'CCRecallComplete' => 'cc',
        'CCRequestAcknowledged' => 'cc',
        'CCRequested' => 'cc',
        'JabberStatus' => 'user', // res/res_xmpp.c
        'MobileStatus' => 'system', // addons/chan_mobile.c
        'TestEvent' => 'reporting', // seen on 16 and 22, built with TEST_FRAMEWORK
    ],
];
