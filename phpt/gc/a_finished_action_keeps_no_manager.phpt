--TEST--
An action that has ended, kept by the object that listens, keeps neither the manager nor its sockets
--EXTENSIONS--
apn_ami
--SKIPIF--
<?php
require __DIR__ . '/../simulator.inc';
Apn\AmiClient\Simulator::skip();
?>
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';
final class Application
{
    public ?PendingAction $last = null;

    public function heard(AmiEvent $event): void {}
}
$simulator = new Simulator();
for ($i = 0; $i < 3; $i++) {
    $manager = $simulator->ready();
    $application = new Application();
    $manager->onAnyEvent($application->heard(...));
    $application->last = $manager->send(new GenericAction('Ping'));
    $application->last->await();
    unset($manager, $application);
    gc_collect_cycles();
    echo sockets(), "\n";
}
?>
--EXPECT--
0
0
0
