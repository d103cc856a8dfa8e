<?php

declare(strict_types=1);

/*
 * Parameters that Asterisk's source reads or requires and the documentation does not say so: header, and whether it is required.
 */

return [
    'BlindTransfer' => [['Exten', true]], // main/manager.c, 16 and 22
    'ListCategories' => [['Match', false]], // main/manager.c, 16 and 22
    'MWIDelete' => [['Mailbox', true]], // res/res_mwi_external_ami.c, 16 and 22; lost with an XML include
    'MixMonitorMute' => [['MixMonitorID', false]], // apps/app_mixmonitor.c, 22
    'PJSIPHangup' => [['Channel', true], ['Cause', false]], // channels/chan_pjsip.c, 22; lost with an XML include
    'QueueAdd' => [['Wrapuptime', false]], // apps/app_queue.c, 22
];
