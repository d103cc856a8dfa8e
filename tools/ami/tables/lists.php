<?php

declare(strict_types=1);

// Lists that were not observed, from Asterisk's source: what an item is called, and what ends them.

return [
    'DAHDIShowChannels' => [['DAHDIShowChannels'], 'DAHDIShowChannelsComplete'], // channels/chan_dahdi.c
    'DAHDIShowStatus' => [['DAHDIShowStatus'], 'DAHDIShowStatusComplete'], // channels/chan_dahdi.c
    'IAXpeerlist' => [['PeerEntry'], 'PeerlistComplete'], // channels/chan_iax2.c
    'IAXpeers' => [['PeerEntry'], 'PeerlistComplete'], // channels/chan_iax2.c
    'IAXregistry' => [['RegistryEntry'], 'RegistrationsComplete'], // channels/chan_iax2.c
    'MWIGet' => [['MWIGet'], 'MWIGetComplete'], // res/res_mwi_external_ami.c
    'MeetmeList' => [['MeetmeList'], 'MeetmeListComplete'], // apps/app_meetme.c
    'MeetmeListRooms' => [['MeetmeListRooms'], 'MeetmeListRoomsComplete'], // apps/app_meetme.c
    'PJSIPShowResourceLists' => [['ResourceListDetail'], 'ResourceListDetailComplete'], // res/res_pjsip_pubsub.c
    'PRIShowSpans' => [['PRIShowSpans'], 'PRIShowSpansComplete'], // channels/chan_dahdi.c
    'SKINNYdevices' => [['DeviceEntry'], 'DevicelistComplete'], // channels/chan_skinny.c, branch 16
    'SKINNYlines' => [['LineEntry'], 'LinelistComplete'], // channels/chan_skinny.c, branch 16
];
