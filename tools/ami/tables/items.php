<?php

declare(strict_types=1);

// Items that the observed lists did not have, as the servers had nothing of the kind.

return [
    'FAXSessions' => ['FAXSessionsEntry'], // res/res_fax.c
    'PJSIPShowEndpoint' => ['ContactStatusDetail', 'IdentifyDetail'], // res/res_pjsip
    'PJSIPShowMaintenance' => ['PJSIPMaintenanceStatus'], // res/res_pjsip_maintenance.c
    'PJSIPShowRegistrationsOutbound' => ['OutboundRegistrationDetail'], // res/res_pjsip_outbound_registration.c
    'PJSIPShowSubscriptionsInbound' => ['InboundSubscriptionDetail'], // res/res_pjsip_pubsub.c
    'PJSIPShowSubscriptionsOutbound' => ['OutboundSubscriptionDetail'], // res/res_pjsip_pubsub.c
    'PresenceStateList' => ['PresenceStateChange'], // res/res_manager_presencestate.c
    'QueueStatus' => ['QueueEntry'], // apps/app_queue.c
    'SIPshowregistry' => ['RegistryEntry'], // channels/chan_sip.c, branch 16
    'VoicemailBoxSummary' => ['VoicemailBoxDetail'], // apps/app_voicemail.c
];
