--TEST--
A class that implements CompletionStrategy with other types does not compile
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

class Wrong implements CompletionStrategy
{
    public function maxDurationMs(): ?int { return 1; }
    public function maxMessages(): ?int { return 1; }
}
?>
--EXPECTF--
Fatal error: Declaration of Apn\AmiClient\Wrong::maxMessages(): ?int must be compatible with Apn\AmiClient\CompletionStrategy::maxMessages(): int in %s on line %d
