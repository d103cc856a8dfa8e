<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Loop;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Loop\ReactTicker;
use Apn\AmiClient\Loop\Ticker;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use React\EventLoop\StreamSelectLoop;

#[RequiresPhpExtension('apn_ami')]
final class ReactTickerTest extends TickerTestCase
{
    private StreamSelectLoop $loop;

    protected function ticker(AmiClientManager $manager): Ticker
    {
        $this->loop = new StreamSelectLoop();

        return new ReactTicker($manager, $this->loop);
    }

    protected function runLoop(): void
    {
        $this->loop->run();
    }

    protected function stopLoop(): void
    {
        $this->loop->stop();
    }

    protected function after(float $seconds, \Closure $then): void
    {
        // Loops give their callbacks arguments, which methods of the extension refuse.
        $this->loop->addTimer($seconds, static fn() => $then());
    }
}
