<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Bridges\App;

use Illuminate\Queue\Attributes\Connection;

/** Says by attributes, as Laravel 13 has them, where it goes. */
#[Connection('sync')]
class RecordAtOnce extends RecordCall {}
