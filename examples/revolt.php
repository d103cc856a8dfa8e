<?php

declare(strict_types=1);

namespace Apn\AmiClient\Examples;

// The client in Revolt's event loop, beside a timer and two fibers that send actions of their own:
//
//   AMI_HOST=127.0.0.1 AMI_PORT=5038 AMI_USERNAME=dialer AMI_SECRET=s3cret php examples/revolt.php
//
// Ctrl-C says goodbye and ends it.

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Loop\RevoltTicker;
use Revolt\EventLoop;

require __DIR__ . '/manager.php';

$manager = manager();
$ticker = new RevoltTicker($manager)->start();

$events = 0;
$manager->onAnyEvent(static function (AmiEvent $event) use (&$events): void {
    echo ++$events === 1 ? "first event: $event->name\n" : '';
});

// An own timer. It does not keep the loop from ending.
EventLoop::unreference(EventLoop::repeat(1, static function () use (&$events, $ticker): void {
    echo "$events events, $ticker->ticks ticks\n";
}));

// Fibers that wait for answers, while everything else goes on.
foreach (['CoreStatus', 'CoreSettings'] as $name) {
    EventLoop::queue(static function () use ($manager, $ticker, $name): void {
        while ($manager->default()->state() !== ConnectionState::Ready) {
            $suspension = EventLoop::getSuspension();
            EventLoop::delay(0.05, static fn() => $suspension->resume());
            $suspension->suspend();
        }
        try {
            $response = $ticker->await($manager->send(new GenericAction($name)));
            echo "$name: ", $response->get('CoreStartupDate') ?? $response->get('AsteriskVersion'), "\n";
        } catch (AmiException $error) {
            echo $error->getMessage(), "\n";
        }
    });
}

$manager->registerSignalHandlers(static function (int $signal) use ($ticker): void {
    echo "signal $signal: goodbye\n";
    $ticker->close();
});
$manager->connectAll();
EventLoop::run();
echo "$events events in $ticker->ticks ticks\n";
