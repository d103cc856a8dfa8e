<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Bridges\App;

use Illuminate\Contracts\Queue\ShouldBeUnique;

final class RecordOnce extends RecordCall implements ShouldBeUnique
{
    public function uniqueId(): string
    {
        return $this->payload->get('Linkedid') ?? '';
    }
}
