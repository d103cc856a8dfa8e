<?php

declare(strict_types=1);

/*
 * Actions of Asterisk 16 that 22 no longer documents: where they came from, and the first version without them. The files of
 * all of them are in branches 16 to 20 of Asterisk's source and not in 21.
 */

return [
    'modules' => [
        'Monitor' => 'res_monitor',
        'ChangeMonitor' => 'res_monitor',
        'PauseMonitor' => 'res_monitor',
        'StopMonitor' => 'res_monitor',
        'UnpauseMonitor' => 'res_monitor',
        'SIPnotify' => 'chan_sip',
        'SIPpeers' => 'chan_sip',
        'SIPpeerstatus' => 'chan_sip',
        'SIPqualifypeer' => 'chan_sip',
        'SIPshowpeer' => 'chan_sip',
        'SIPshowregistry' => 'chan_sip',
        'SKINNYdevices' => 'chan_skinny',
        'SKINNYlines' => 'chan_skinny',
        'SKINNYshowdevice' => 'chan_skinny',
        'SKINNYshowline' => 'chan_skinny',
    ],
    'removed' => ['res_monitor' => '21.0.0', 'chan_sip' => '21.0.0', 'chan_skinny' => '21.0.0'],
    // The first release whose source registers them.
    'since' => [
        'Monitor' => '1.0.0',
        'ChangeMonitor' => '1.0.0',
        'PauseMonitor' => '1.4.0',
        'StopMonitor' => '1.0.0',
        'UnpauseMonitor' => '1.4.0',
        'SIPnotify' => '1.6.1.0',
        'SIPpeers' => '1.2.0',
        'SIPpeerstatus' => '11.0.0',
        'SIPqualifypeer' => '1.6.1.0',
        'SIPshowpeer' => '1.2.0',
        'SIPshowregistry' => '1.6.0',
        'SKINNYdevices' => '1.6.2.0',
        'SKINNYlines' => '1.6.2.0',
        'SKINNYshowdevice' => '1.6.2.0',
        'SKINNYshowline' => '1.6.2.0',
    ],
    // Events that 22 does not document any more, with what sent them.
    'events' => [
        'MonitorStart' => 'res_monitor',
        'MonitorStop' => 'res_monitor',
        'SIPQualifyPeerDone' => 'chan_sip',
        'SessionTimeout' => 'chan_sip',
    ],
    // Documented, but no version of Asterisk has ever had it: nothing in main/manager.c registers it, and 22 has dropped
    // the documentation. A class could only mislead.
    'never' => ['FilterList'],
];
