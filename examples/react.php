<?php

declare(strict_types=1);

namespace Apn\AmiClient\Examples;

// The client in ReactPHP's event loop, beside a timer:
//
//   AMI_HOST=127.0.0.1 AMI_PORT=5038 AMI_USERNAME=dialer AMI_SECRET=s3cret php examples/react.php
//
// Ctrl-C says goodbye and ends it.

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Loop\ReactTicker;
use React\EventLoop\Loop;
use React\EventLoop\TimerInterface;

require __DIR__ . '/manager.php';

$manager = manager();
$ticker = new ReactTicker($manager)->start();

$events = 0;
$manager->onAnyEvent(static function (AmiEvent $event) use (&$events): void {
    echo ++$events === 1 ? "first event: $event->name\n" : '';
});

// A timer of the loop: actions are sent from anywhere, and the ticker notices.
$asked = Loop::addPeriodicTimer(0.05, static function (TimerInterface $timer) use ($manager): void {
    if ($manager->default()->state() === ConnectionState::Ready) {
        Loop::cancelTimer($timer);
        $manager->send(new GenericAction('CoreStatus'))->onComplete(
            static function (?\Throwable $error, ?AmiResponse $response): void {
                echo 'CoreStatus: ', $error?->getMessage() ?? $response?->get('CoreStartupDate'), "\n";
            },
        );
    }
});
$told = Loop::addPeriodicTimer(1, static function () use (&$events, $ticker): void {
    echo "$events events, $ticker->ticks ticks\n";
});

$manager->registerSignalHandlers(static function (int $signal) use ($ticker, $asked, $told): void {
    echo "signal $signal: goodbye\n";
    Loop::cancelTimer($asked);
    Loop::cancelTimer($told);
    $ticker->close();
});
$manager->connectAll();
Loop::run();
echo "$events events in $ticker->ticks ticks\n";
