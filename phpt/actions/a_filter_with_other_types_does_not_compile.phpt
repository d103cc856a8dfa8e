--TEST--
A class that implements EventFilter with other types does not compile
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

class Wrong implements EventFilter
{
    public function accepts(string $event): bool { return true; }
}
?>
--EXPECTF--
Fatal error: Declaration of Apn\AmiClient\Wrong::accepts(string $event): bool must be compatible with Apn\AmiClient\EventFilter::accepts(Apn\AmiClient\AmiEvent $event): bool in %s on line %d
