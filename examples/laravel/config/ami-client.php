<?php

declare(strict_types=1);

// Only the sections that differ from those of the package. `php artisan vendor:publish --tag=ami-client-config` has all of them, explained.

use App\Jobs\RecordHangup;
use App\Streams\KeepHangup;

return [

    'bridges' => [
        'events' => ['enabled' => true, 'events' => ['Hangup']],
        'jobs' => ['enabled' => true, 'events' => ['Hangup' => RecordHangup::class]],
        'streams' => ['enabled' => true, 'events' => ['Hangup'], 'consumer' => ['handler' => KeepHangup::class]],
    ],

    'gateway' => [
        'enabled' => env('AMI_GATEWAY', true),
        'allow' => ['Ping', 'Originate'],
    ],

];
