<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Illuminate\Console\Command;
use Illuminate\Contracts\Cache\Repository;
use Symfony\Component\Console\Attribute\AsCommand;

#[AsCommand(name: 'ami:restart')]
final class RestartCommand extends Command
{
    /** @var string */
    protected $signature = 'ami:restart';

    /** @var string */
    protected $description = 'Have all AMI listeners leave in order, so that their supervisors start them anew';

    public function handle(Repository $cache): int
    {
        new RestartSignal($cache)->send();
        $this->components->info('Broadcasting AMI listener restart signal.');

        return self::SUCCESS;
    }
}
