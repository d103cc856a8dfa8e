<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Bridges\App;

use Illuminate\Queue\Attributes\Queue;

/** Says by an attribute, which its parent may also have, on which queue it goes. */
#[Queue('its-own')]
class RecordOnItsQueue extends RecordCall {}
