<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/** The event that ends the action came, but no response had come before. None is made up. */
class MissingResponseException extends ActionException {}
